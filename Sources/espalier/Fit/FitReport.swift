internal import JSON
internal import Model
internal import Training

/// What the fits came to.
struct FitReport {
    let run: FitRun
    let seconds: Double

    /// The document of `schemas/path.schema.json`.
    var json: JSONValue {
        .object([
            "format": .integer(1),
            "table": .string(run.command.table),
            "label": run.command.label.map { .string($0) } ?? .null,
            "loss": .string(run.command.loss.rawValue),
            "rows": .integer(Int64(run.design.rowCount)),
            "missing": .integer(Int64(run.design.missingCount)),
            "seconds": .number(seconds), "fitSeconds": .number(run.seconds),
            "peakBytes": ProcessMemory.peak,
            "features": .array(told.map(feature)),
            "paths": .array(run.paths.map(path)),
            "warnings": .array(run.warnings.map { .string($0) }),
        ])
    }

    /// All columns, or of a table whose zeros are not stored those that some fit weighs, since it
    /// may have millions.
    private var told: [Int] {
        guard run.design.hasImplicitZeros else { return Array(run.table.names.indices) }
        var weighed: Set<Int> = []
        for path in run.paths {
            for point in path.points { weighed.formUnion(point.entries.lazy.map(\.column)) }
        }
        return weighed.sorted()
    }

    private func feature(_ column: Int) -> JSONValue {
        let scaling = run.scaling[column]
        let twin = run.twins[column]
        var object: JSONObject = [
            "name": .string(run.table.names[column]), "mean": .number(scaling.mean),
            "scale": .number(scaling.scale), "penalty": .number(run.rules[column].penaltyFactor),
        ]
        if let group = run.rules[column].group {
            object["group"] = .string(run.command.group[group])
        }
        if twin != column { object["sameAs"] = .string(run.table.names[twin]) }
        return .object(object)
    }

    private func path(_ path: FitRun.Path) -> JSONValue {
        var object: JSONObject = [
            "alpha": .number(path.alpha), "lambdaMax": .number(path.lambdaMax),
            "points": .array(path.points.map(point)),
        ]
        if let validation = path.validation {
            object["validation"] = .object([
                "folds": .integer(Int64(validation.folds.count)),
                "rule": .string(run.command.choose.text),
                "points": .array(judged(validation)),
            ])
        }
        if let chosen = path.chosen {
            object["chosen"] = .integer(Int64(chosen))
            if chosen < path.costs.count { object["cost"] = .number(path.costs[chosen]) }
        }
        return .object(object)
    }

    private func point(_ point: PathPoint) -> JSONValue {
        var weights = JSONObject()
        for entry in point.entries {
            weights.append(
                run.table.names[entry.column],
                .object([
                    "weight": .number(entry.weight), "standardized": .number(entry.standardized),
                ]))
        }
        return .object([
            "lambda": .number(point.lambda), "objective": .number(point.objective),
            "meanLoss": .number(point.meanLoss), "gap": .number(point.gap),
            "nonZeros": .integer(Int64(point.nonZeroCount)), "steps": .integer(Int64(point.steps)),
            "converged": .bool(point.isConverged), "intercept": .number(point.intercept),
            "standardizedIntercept": .number(point.standardizedIntercept),
            "weights": .object(weights),
        ])
    }

    private func judged(_ validation: CrossValidation) -> [JSONValue] {
        let losses = validation.summary { $0.loss }
        let areas = validation.summary { $0.rocArea }
        let precisions = validation.summary { $0.averagePrecision }
        let counts = validation.summary { Double($0.nonZeroCount) }
        return losses.indices.map { place in
            .object([
                "lambda": .number(validation.lambdas[place]), "loss": losses[place].json,
                "auc": areas[place].json, "averagePrecision": precisions[place].json,
                "nonZeros": counts[place].json,
            ])
        }
    }
}

extension FitRun {
    func report(seconds: Double) -> FitReport { FitReport(run: self, seconds: seconds) }
}
