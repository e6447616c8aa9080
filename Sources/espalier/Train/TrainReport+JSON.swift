internal import JSON
internal import Model
internal import Training
internal import Project

extension TrainReport {
    /// The document of `schemas/training-report.schema.json`.
    var json: JSONValue {
        var members = JSONObject()
        for (measure, value) in measures { members.append(measure.rawValue, .number(value)) }
        var object = origin
        object["rule"] = .string(run.command.choose.text)
        object["chosen"] = run.chosen.map { .number(run.points[$0].lambda) } ?? .null
        object["cost"] =
            run.chosen.flatMap { $0 < run.costs.count ? .number(run.costs[$0]) : nil } ?? .null
        object["version"] = artifact.map { .string($0.version) } ?? .null
        object["measures"] = .object(members)
        object["path"] = .array(path)
        object["features"] = .array(features)
        object["calibration"] = .array(calibration)
        object["segments"] = .array(segments.map(\.json))
        object["groups"] = .array(
            (run.review.groups ?? []).map { group in .array(group.map(name(ofColumn:))) })
        object["suspects"] = .array(run.review.suspects.map { name(ofColumn: $0.column) })
        object["earlyLabels"] = .array(run.earlyLabels.map { .string($0.feature) })
        object["champion"] = championDocument
        object["warnings"] = .array(warnings.map { .string($0) })
        object["gate"] = .array(verdicts.map(\.json))
        object["seconds"] = .object(["replay": .number(replaySeconds), "all": .number(seconds)])
        object["peakBytes"] = ProcessMemory.peak
        return .object(object)
    }

    /// What was fitted, on which examples.
    private var origin: JSONObject {
        let times = run.set.table.times
        var object: JSONObject = [
            "format": .integer(1), "project": .string(run.project.name),
            "loss": .string(run.project.model.loss.rawValue), "alpha": .number(run.command.alpha),
        ]
        object["events"] = .integer(Int64(clamping: run.set.eventCount))
        object["examples"] = .integer(Int64(run.design.rowCount))
        object["immature"] = .integer(Int64(run.set.immatureCount))
        object["limits"] = run.set.limits.document
        object["from"] = .optional(times.first)
        object["to"] = .optional(times.last)
        object["data"] = .object([
            "digest": .string(run.given.digest),
            "files": .array(run.fileNames.map { .string($0) }),
        ])
        object["seed"] = .optional(Int64(exactly: run.command.seed))
        object["gap"] = .optional(run.isBlocked ? run.gapMillis : nil)
        object["folds"] = .array(folds)
        return object
    }

    private func name(ofColumn column: Int) -> JSONValue {
        .string(run.set.name(ofColumn: column))
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
            var object: JSONObject = [
                "name": .string(row.name), "weight": .number(row.entry?.weight ?? 0),
                "standardized": .number(row.entry?.standardized ?? 0),
                "mean": .number(scaling.mean), "scale": .number(scaling.scale),
            ]
            object["penalty"] = rule?.lock == .forbid ? .null : .number(row.rule.penaltyFactor)
            object["lock"] = rule?.lock.map { .string($0.rawValue) } ?? .null
            object["sign"] = rule?.sign.map { .string($0.rawValue) } ?? .null
            object["lower"] = .optional(row.rule.lower)
            object["upper"] = .optional(row.rule.upper)
            object["group"] = rule?.group.map { .string($0) } ?? .null
            object["selected"] = .optional(row.probability)
            object["auc"] = .optional(row.rocArea)
            return .object(object)
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
