internal import JSON

extension ModelContent {
    /// The document of `schemas/model.schema.json`.
    var json: JSONValue {
        var object: JSONObject = [
            "format": .integer(ModelArtifact.formatNewest),
            "name": .string(name),
            "loss": .string(loss.rawValue),
            "objective": .object([
                "lambda": .number(objective.lambda), "alpha": .number(objective.alpha),
            ]),
            "bound": bound.isFinite ? .number(bound) : .null,
            "intercept": .number(intercept),
            "features": .array(features.map(\.json)),
            "seed": seed.map { .integer($0) } ?? .null,
            "data": data.json,
            "locks": .array(locks.map { .string($0) }),
            "metrics": .object(Self.members(metrics)),
            "training": .object([
                "solver": .string(solver.name),
                "parameters": .object(Self.members(solver.parameters)),
            ]),
        ]
        if let baseline { object["baseline"] = baseline.json }
        return .object(object)
    }

    private static func members(_ numbers: [String: Double]) -> JSONObject {
        var object = JSONObject()
        for (name, value) in numbers { object.append(name, .number(value)) }
        return object
    }
}

extension ModelContent.Feature {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "definition": .string(definition),
            "penaltyFactor": .number(penaltyFactor),
        ]
        if let group { object["group"] = .string(group) }
        switch weights {
        case .numeric(let weight, let scaling):
            object["kind"] = .string("numeric")
            object["weight"] = .number(weight)
            object["mean"] = .number(scaling.mean)
            object["scale"] = .number(scaling.scale)
        case .category(let bits, let entries):
            object["kind"] = .string("category")
            object["bits"] = .integer(Int64(bits))
            object["entries"] = .array(
                entries.map { .array([.integer(Int64($0.bucket)), .number($0.weight)]) })
        }
        return .object(object)
    }
}

extension ModelContent.Data {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "digest": digest.map { .string($0) } ?? .null,
            "examples": .integer(Int64(examples)),
            "ranges": .array(
                ranges.map {
                    .object([
                        "topic": .string($0.topic), "partition": .integer(Int64($0.partition)),
                        "from": .integer($0.from), "to": .integer($0.to),
                    ])
                }),
        ]
        if let times {
            object["times"] = .object([
                "from": .integer(times.lowerBound), "to": .integer(times.upperBound),
            ])
        }
        if !files.isEmpty { object["files"] = .array(files.map { .string($0) }) }
        return .object(object)
    }
}
