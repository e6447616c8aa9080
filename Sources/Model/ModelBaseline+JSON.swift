internal import JSON

extension ModelBaseline {
    /// The member `baseline` of `schemas/model.schema.json`.
    var json: JSONValue {
        var columns = JSONObject()
        for (name, column) in features { columns.append(name, column.json) }
        return .object([
            "times": .object([
                "from": .integer(times.lowerBound), "to": .integer(times.upperBound),
            ]),
            "features": .object(columns), "scores": scores.json,
        ])
    }

    init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(try field.members("times", "features", "scores"))
        var features: [String: Column] = [:]
        for (name, column) in try m["features"].fieldsByName() {
            features[name] = try Column(column)
        }
        self.init(
            times: try m["times"].times(), features: features, scores: try Column(m["scores"]))
    }
}

extension ModelBaseline.Column {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "events": .integer(Int64(events)), "missing": .integer(Int64(missing)),
            "designEffect": .number(designEffect),
        ]
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
                ? try field.members("events", "missing", "designEffect", "categories")
                : try field.members(
                    "events", "missing", "designEffect", "nonFinite", "zero", "values"))
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
        for pair in try m["steps"].elements() {
            let parts = try pair.elements()
            guard parts.count == 2 else { throw pair.invalid("[value, examples]") }
            let step = ModelBaseline.Step(
                value: try parts[0].number(), weight: try parts[1].number())
            guard step.weight > 0, steps.last.map({ $0.value < step.value }) ?? true else {
                throw pair.invalid("ascending values, each of examples")
            }
            steps.append(step)
        }
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
        self.init(counts: [], unlistedMax: try m["unlistedMax"].count())
        var buckets: Set<Int> = []
        for pair in try m["counts"].elements() {
            let parts = try pair.elements()
            guard parts.count == 2 else { throw pair.invalid("[bucket, examples]") }
            let found = ModelBaseline.BucketCount(
                bucket: try parts[0].count(max: 1 << FeatureSpace.bitsMax),
                count: try parts[1].count())
            guard buckets.insert(found.bucket).inserted else {
                throw pair.invalid("buckets that differ")
            }
            counts.append(found)
        }
    }
}
