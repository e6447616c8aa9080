internal import JSON
internal import Model
internal import Training
internal import Project

extension TrainReport {
    /// The document of `schemas/training-report.schema.json`.
    var json: JSONValue {
        var members = JSONObject()
        for (measure, value) in measures { members.append(measure.rawValue, .number(value)) }
        return .object([
            "format": .integer(1), "project": .string(run.project.name),
            "loss": .string(run.project.model.loss.rawValue), "alpha": .number(run.command.alpha),
            "events": .integer(Int64(clamping: run.set.eventCount)),
            "examples": .integer(Int64(run.design.rowCount)),
            "immature": .integer(Int64(run.set.immatureCount)),
            "limits": run.set.limits.document,
            "from": .optional(run.set.table.times.first), "to": .optional(run.set.table.times.last),
            "data": .object([
                "digest": .string(run.given.digest),
                "files": .array(run.fileNames.map { .string($0) }),
            ]),
            "seed": JSONValue.optional(Int64(exactly: run.command.seed)),
            "gap": .optional(run.isBlocked ? run.gapMillis : nil), "folds": .array(folds),
            "rule": .string(run.command.choose.text),
            "chosen": run.chosen.map { .number(run.points[$0].lambda) } ?? .null,
            "cost": run.chosen.flatMap { $0 < run.costs.count ? .number(run.costs[$0]) : nil }
                ?? .null,
            "version": artifact.map { .string($0.version) } ?? .null,
            "measures": .object(members), "path": .array(path), "features": .array(features),
            "calibration": .array(calibration), "segments": .array(segments.map(\.json)),
            "groups": .array(
                (run.review.groups ?? []).map { group in
                    .array(group.map { .string(run.set.name(ofColumn: $0)) })
                }),
            "suspects": .array(
                run.review.suspects.map { .string(run.set.name(ofColumn: $0.column)) }),
            "earlyLabels": .array(run.earlyLabels.map { .string($0.feature) }),
            "champion": championDocument,
            "warnings": .array(warnings.map { .string($0) }),
            "gate": .array(verdicts.map(\.json)),
            "seconds": .object(["replay": .number(replaySeconds), "all": .number(seconds)]),
            "peakBytes": ProcessMemory.peak,
        ])
    }

    /// Which examples each fold learned from, and which judged it.
    private var folds: [JSONValue] {
        run.splits.map { split in
            .object(["training": span(of: split.training), "test": span(of: split.test)])
        }
    }

    private func span(of rows: [Int]) -> JSONValue {
        let times = run.set.table.times
        return .object([
            "examples": .integer(Int64(rows.count)),
            "from": .optional(rows.min().map { times[$0] }),
            "to": .optional(rows.max().map { times[$0] }),
        ])
    }

    /// By feature, those that are not 0.
    private func weights(of point: PathPoint) -> JSONValue {
        var weights = JSONObject()
        for entry in point.entries {
            weights.append(
                run.set.name(ofColumn: entry.column),
                .object([
                    "weight": .number(entry.weight), "standardized": .number(entry.standardized),
                ]))
        }
        return .object(weights)
    }

    private var path: [JSONValue] {
        let losses = run.validation.summary { $0.loss }
        let areas = run.validation.summary { $0.rocArea }
        let precisions = run.validation.summary { $0.averagePrecision }
        return run.points.enumerated().map { place, point in
            var object: JSONObject = [
                "lambda": .number(point.lambda), "objective": .number(point.objective),
                "gap": .number(point.gap), "nonZeros": .integer(Int64(point.nonZeroCount)),
                "intercept": .number(point.intercept), "weights": weights(of: point),
            ]
            if place < losses.count {
                object["loss"] = losses[place].json
                object["auc"] = areas[place].json
                object["averagePrecision"] = precisions[place].json
            }
            return .object(object)
        }
    }

    private var features: [JSONValue] {
        rows.map { row in
            let scaling = run.scaling[row.column]
            let rule = run.project.rules[run.set.feature(ofColumn: row.column)]
            return .object([
                "name": .string(row.name), "weight": .number(row.entry?.weight ?? 0),
                "standardized": .number(row.entry?.standardized ?? 0),
                "mean": .number(scaling.mean), "scale": .number(scaling.scale),
                "penalty": rule?.lock == .forbid ? .null : .number(row.rule.penaltyFactor),
                "lock": rule?.lock.map { .string($0.rawValue) } ?? .null,
                "sign": rule?.sign.map { .string($0.rawValue) } ?? .null,
                "lower": .optional(row.rule.lower), "upper": .optional(row.rule.upper),
                "group": rule?.group.map { .string($0) } ?? .null,
                "selected": .optional(row.probability), "auc": .optional(row.rocArea),
            ])
        }
    }

    private var calibration: [JSONValue] {
        guard run.project.model.loss == .logistic else { return [] }
        return judged.scored.calibration().map { bin in
            .object([
                "count": .integer(Int64(bin.count)), "score": .number(bin.meanScore),
                "label": .number(bin.meanLabel),
            ])
        }
    }
}

extension MeanAndError {
    /// Null where there is no mean.
    var json: JSONValue { .object(["mean": .optional(mean), "error": .optional(error)]) }
}

extension GateVerdict {
    fileprivate var json: JSONValue {
        .object([
            "rule": .string(rule.text), "value": .optional(value), "passed": .bool(isPassed),
        ])
    }
}

extension TrainRun.Segment {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["feature": .string(feature)]
        switch part {
        case .span(let from, let to):
            object["from"] = .number(from)
            object["to"] = .number(to)
        case .value(let value): object["value"] = .string(value)
        case .others(let count): object["values"] = .integer(Int64(count))
        case .missing: object["missing"] = .bool(true)
        }
        object["examples"] = .integer(Int64(scored.count))
        object["positives"] = .integer(Int64(scored.positiveCount))
        object["auc"] = .optional(scored.rocArea)
        object["averagePrecision"] = .optional(scored.averagePrecision)
        return .object(object)
    }
}

extension JSONValue {
    fileprivate static func optional(_ value: Int64?) -> JSONValue {
        value.map { .integer($0) } ?? .null
    }
}
