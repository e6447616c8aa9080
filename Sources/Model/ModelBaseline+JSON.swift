internal import JSON

extension ModelBaseline {
    /// The member `baseline` of `schemas/model.schema.json`.
    var json: JSONValue {
        var columns = JSONObject()
        for (name, column) in features { columns.append(name, column.json) }
        var object: JSONObject = [
            "times": .object([
                "from": .integer(times.lowerBound), "to": .integer(times.upperBound),
            ]),
            "features": .object(columns), "scores": scores.json,
        ]
        if let window {
            object["window"] = .object([
                "millis": .integer(window.millis), "events": .number(window.events),
            ])
        }
        return .object(object)
    }

    init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(
            try field.members("times", "features", "scores", optional: ["window"]))
        var features: [String: Column] = [:]
        for (name, column) in try m["features"].fieldsByName() {
            features[name] = try Column(column)
        }
        self.init(
            times: try m["times"].times(), features: features, scores: try Column(m["scores"]))
        if !m["window"].isNull { window = try Window(m["window"]) }
    }
}

extension ModelBaseline.Window {
    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(try field.members("millis", "events"))
        self.init(millis: try m["millis"].integer(), events: try m["events"].number())
        guard millis > 0 else { throw m["millis"].invalid("1 or more") }
        guard events > 0 else { throw m["events"].invalid("more than 0") }
    }
}

extension ModelBaseline.Distinct {
    fileprivate var json: JSONValue {
        .object(["values": .number(estimate), "relativeError": .number(relativeError)])
    }

    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(try field.members("values", "relativeError"))
        self.init(try m["values"].number(), relativeError: try m["relativeError"].number())
        guard estimate > 0 else { throw m["values"].invalid("more than 0") }
        guard (0...1).contains(relativeError) else { throw m["relativeError"].invalid("0…1") }
    }
}

extension ModelBaseline.Column {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "events": .integer(Int64(events)), "missing": .integer(Int64(missing)),
            "designEffect": .number(designEffect),
        ]
        if let distinct { object["distinct"] = distinct.json }
        switch values {
        case .numeric(let numbers):
            object["nonFinite"] = .integer(Int64(nonFinite))
            object["zero"] = .integer(Int64(zero))
            object["values"] = numbers?.json ?? .null
        case .category(let categories): object["categories"] = categories.json
        }
        return .object(object)
    }

    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let isCategory = field.value["categories"] != nil
        let m = ArtifactMembers(
            isCategory
                ? try field.members(
                    "events", "missing", "designEffect", "categories", optional: ["distinct"])
                : try field.members(
                    "events", "missing", "designEffect", "nonFinite", "zero", "values",
                    optional: ["distinct"]))
        let events = try m["events"].count()
        if isCategory {
            self.init(events: events, values: .category(try .init(m["categories"])))
        } else {
            self.init(
                events: events,
                values: .numeric(m["values"].isNull ? nil : try .init(m["values"])))
            nonFinite = try m["nonFinite"].count(max: events)
            zero = try m["zero"].count(max: events)
        }
        missing = try m["missing"].count(max: events)
        designEffect = try m["designEffect"].number()
        guard designEffect >= 1 else { throw m["designEffect"].invalid("1 or more") }
        if !m["distinct"].isNull { distinct = try .init(m["distinct"]) }
    }
}

extension ModelBaseline.Numeric {
    fileprivate var json: JSONValue {
        .object([
            "mean": .number(mean), "variance": .number(variance), "rankError": .number(rankError),
            "steps": .array(steps.map { .array([.number($0.value), .number($0.weight)]) }),
        ])
    }

    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(try field.members("mean", "variance", "rankError", "steps"))
        self.init(
            mean: try m["mean"].number(), variance: try m["variance"].number(), steps: [],
            rankError: try m["rankError"].number())
        guard variance >= 0 else { throw m["variance"].invalid("0 or more") }
        guard (0...1).contains(rankError) else { throw m["rankError"].invalid("0…1") }
        var steps: [ModelBaseline.Step] = []
        try m["steps"].pairs("[value, examples], ascending") { value, weight in
            guard weight > 0, steps.last.map({ $0.value < value }) ?? true else { return false }
            steps.append(ModelBaseline.Step(value: value, weight: weight))
            return true
        }
        self.steps = steps
        guard !steps.isEmpty else { throw m["steps"].invalid("a step at least") }
    }
}

extension ModelBaseline.Categories {
    fileprivate var json: JSONValue {
        .object([
            "unlistedMax": .integer(Int64(unlistedMax)),
            "counts": .array(
                counts.map {
                    .array([.integer(Int64($0.bucket)), .integer(Int64($0.count))])
                }),
        ])
    }

    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(try field.members("unlistedMax", "counts"))
        var counts: [ModelBaseline.BucketCount] = []
        var buckets: Set<Int> = []
        try m["counts"].pairs("[bucket, examples], each bucket once") { bucket, count in
            guard let bucket = Int(exactly: bucket), let count = Int(exactly: count),
                (0..<1 << FeatureSpace.bitsMax).contains(bucket), count >= 0,
                buckets.insert(bucket).inserted
            else { return false }
            counts.append(ModelBaseline.BucketCount(bucket: bucket, count: count))
            return true
        }
        self.init(counts: counts, unlistedMax: try m["unlistedMax"].count())
    }
}
