internal import JSON

extension ModelContent {
    /// Reads the document of `schemas/model.schema.json`; unknown keys are errors, so that nothing
    /// that was said is lost.
    init(_ document: JSONValue) throws(ArtifactError) {
        let root = ArtifactField(path: "", value: document)
        try Self.checkFormat(document)
        let m = ArtifactMembers(
            try root.members(
                "format", "name", "loss", "objective", "bound", "intercept", "features", "seed",
                "data", "locks", "metrics", "training", optional: ["baseline"]))
        let objective = ArtifactMembers(try m["objective"].members("lambda", "alpha"))
        let training = ArtifactMembers(try m["training"].members("solver", "parameters"))
        guard let loss = Loss(rawValue: try m["loss"].text()) else {
            throw m["loss"].invalid(Loss.allCases.map(\.rawValue).joined(separator: ", "))
        }
        var features: [Feature] = []
        for field in try m["features"].elements() { features.append(try Feature(field)) }
        self.init(
            name: try m["name"].text(), loss: loss,
            objective: Objective(
                lambda: try objective["lambda"].number(), alpha: try objective["alpha"].number()),
            intercept: try m["intercept"].number(), features: features,
            data: try Data(m["data"]),
            solver: Solver(
                name: try training["solver"].text(),
                parameters: try training["parameters"].numbersByName()))
        bound = m["bound"].isNull ? .infinity : try m["bound"].number()
        seed = m["seed"].isNull ? nil : try m["seed"].integer()
        for field in try m["locks"].elements() { locks.append(try field.text()) }
        metrics = try m["metrics"].numbersByName()
        if !m["baseline"].isNull { baseline = try ModelBaseline(m["baseline"]) }
    }

    /// Comes first: a newer document may hold anything.
    private static func checkFormat(_ document: JSONValue) throws(ArtifactError) {
        guard let value = document["format"] else {
            throw .missing(path: "format", expected: "the key")
        }
        let found = try ArtifactField(path: "format", value: value).integer()
        guard found <= ModelArtifact.formatNewest else {
            throw .newerFormat(found: found, newestKnown: ModelArtifact.formatNewest)
        }
        guard found >= 1 else {
            throw .invalid(path: "format", found: "\(found)", expected: "1 or more")
        }
    }
}

extension ModelContent.Feature {
    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        switch field.value["kind"] {
        case .string("numeric"):
            let m = ArtifactMembers(
                try field.members(
                    "name", "kind", "definition", "penaltyFactor", "weight", "mean", "scale",
                    optional: ["group"]))
            let scaling = Standardization(
                mean: try m["mean"].number(), scale: try m["scale"].number())
            try self.init(m, .numeric(weight: m["weight"].number(), scaling))
        case .string("category"):
            let m = ArtifactMembers(
                try field.members(
                    "name", "kind", "definition", "penaltyFactor", "bits", "entries",
                    optional: ["group"]))
            var entries: [ModelContent.BucketWeight] = []
            for entry in try m["entries"].elements() { entries.append(try .init(entry)) }
            try self.init(m, .category(bits: Int(m["bits"].integer()), entries: entries))
        case let other:
            throw ArtifactField(path: "\(field.path).kind", value: other ?? .null)
                .invalid("\"numeric\" or \"category\"")
        }
    }

    private init(_ m: ArtifactMembers, _ weights: ModelContent.Weights) throws(ArtifactError) {
        self.init(
            name: try m["name"].text(), definition: try m["definition"].text(), weights: weights,
            penaltyFactor: try m["penaltyFactor"].number())
        if !m["group"].isNull { group = try m["group"].text() }
    }
}

extension ModelContent.BucketWeight {
    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let pair = try field.elements()
        guard pair.count == 2 else { throw field.invalid("[bucket, weight]") }
        self.init(bucket: Int(try pair[0].integer()), weight: try pair[1].number())
    }
}

extension ModelContent.Data {
    fileprivate init(_ field: ArtifactField) throws(ArtifactError) {
        let m = ArtifactMembers(
            try field.members("digest", "examples", "ranges", optional: ["times", "files"]))
        self.init(
            digest: m["digest"].isNull ? nil : try m["digest"].text(),
            examples: Int(try m["examples"].integer()))
        for range in try m["ranges"].elements() {
            let r = ArtifactMembers(try range.members("topic", "partition", "from", "to"))
            ranges.append(
                OffsetRange(
                    topic: try r["topic"].text(), partition: Int(try r["partition"].integer()),
                    from: try r["from"].integer(), to: try r["to"].integer()))
        }
        if !m["times"].isNull { times = try m["times"].times() }
        if !m["files"].isNull {
            for file in try m["files"].elements() { files.append(try file.text()) }
        }
    }
}
