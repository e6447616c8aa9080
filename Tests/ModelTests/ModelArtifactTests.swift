import JSON
import Sparse
import TestSupport
import Testing

@testable import Model

/// Any finite double, from the smallest to the largest.
private func anyDouble(_ random: inout SeededGenerator) -> Double {
    while true {
        let value = Double(bitPattern: random.next())
        if value.isFinite { return value }
    }
}

private func drawBaseline(
    of features: [ModelContent.Feature], _ random: inout SeededGenerator
) -> ModelBaseline {
    func numbers() -> ModelBaseline.Column {
        let values = Set((0..<4).map { _ in anyDouble(&random) }).sorted()
        var column = ModelBaseline.Column(
            events: 90,
            values: .numeric(
                .init(
                    mean: anyDouble(&random), variance: abs(anyDouble(&random)),
                    steps: values.map { .init(value: $0, weight: 20.5) }, rankError: 0.005)))
        (column.missing, column.nonFinite, column.zero) = (8, 3, 11)
        column.designEffect = 1 + Double.random(in: 0...9, using: &random)
        if Bool.random(using: &random) {
            column.distinct = .init(Double.random(in: 1...9e9, using: &random), relativeError: 0.03)
        }
        return column
    }
    var columns: [String: ModelBaseline.Column] = [:]
    for feature in features {
        switch feature.weights {
        case .numeric:
            columns[feature.name] =
                Bool.random(using: &random)
                ? numbers() : ModelBaseline.Column(events: 0, values: .numeric(nil))
        case .category:
            columns[feature.name] = ModelBaseline.Column(
                events: 90,
                values: .category(
                    .init(
                        counts: [.init(bucket: 63, count: 50), .init(bucket: 0, count: 40)],
                        unlistedMax: 7)))
        }
    }
    var baseline = ModelBaseline(times: -5...1_700, features: columns, scores: numbers())
    if Bool.random(using: &random) {
        baseline.window = .init(
            millis: 3_600_000, events: Double.random(in: 1...9e9, using: &random))
    }
    return baseline
}

func drawContent(_ seed: UInt64) -> ModelContent {
    var random = SeededGenerator(seed)
    var features: [ModelContent.Feature] = []
    for place in 0..<Int.random(in: 0...8, using: &random) {
        let weights: ModelContent.Weights
        if Bool.random(using: &random) {
            weights = .numeric(
                weight: anyDouble(&random),
                Standardization(mean: anyDouble(&random), scale: abs(anyDouble(&random))))
        } else {
            let buckets = Set((0..<5).map { _ in Int.random(in: 0..<64, using: &random) }).sorted()
            weights = .category(
                bits: 6,
                entries: buckets.map { .init(bucket: $0, weight: anyDouble(&random)) })
        }
        features.append(
            .init(
                name: "feature \"\(place)\" é\u{1}", definition: "d\(random.next())",
                weights: weights, penaltyFactor: abs(anyDouble(&random))))
        features[place].group = place % 3 == 1 ? "g\(seed % 2)" : nil
    }
    var content = ModelContent(
        name: "drawn", loss: Loss.allCases.randomElement(using: &random) ?? .logistic,
        objective: .init(
            lambda: abs(anyDouble(&random)), alpha: Double.random(in: 0...1, using: &random)),
        intercept: anyDouble(&random), features: features,
        data: .init(
            digest: "abc", examples: 7,
            ranges: [.init(topic: "t", partition: 3, from: 5, to: .max)]),
        solver: .init(name: "drawn", parameters: ["b": anyDouble(&random), "a": -0.0]))
    content.data.times = Bool.random(using: &random) ? nil : .min...1_700
    content.data.files = Bool.random(using: &random) ? [] : ["may.ndjson.zst", "é \"l\".csv"]
    content.bound = Bool.random(using: &random) ? .infinity : 40
    content.seed = Bool.random(using: &random) ? nil : .min
    content.locks = features.prefix(1).map(\.name)
    content.metrics = ["rocArea": anyDouble(&random)]
    if Bool.random(using: &random) { content.baseline = drawBaseline(of: features, &random) }
    return content
}

private func parse(_ text: String, expected: String? = nil) throws(ArtifactError) -> ModelArtifact {
    try parse(Array(text.utf8), expected: expected)
}

private func parse(
    _ bytes: [UInt8], expected: String? = nil
) throws(ArtifactError) -> ModelArtifact {
    try ModelArtifact(parsing: unsafe bytes.span.bytes, expected: expected)
}

struct ModelArtifactTests {
    private static func example() throws -> String {
        try #require(SharedData.schemaExample("model.json"))
    }

    @Test(arguments: UInt64(0)..<200) func theRoundTripIsExact(seed: UInt64) throws {
        let artifact = try ModelArtifact(drawContent(seed))
        let again = try parse(
            String(decoding: artifact.bytes, as: UTF8.self), expected: artifact.version)
        #expect(again == artifact)
    }

    /// The version is SHA-256 of what Python's `json.dumps(document, sort_keys=True,
    /// separators=(",", ":"))` gives for the example.
    @Test func theExampleKeepsItsVersion() throws {
        let artifact = try parse(Self.example())
        #expect(
            artifact.version
                == "36a81c4d49c92b3fe3a230ac5927e07afe548b0c9468da4139c6b50e2c6f016d")
        #expect(artifact.content.features.map(\.name) == ["amount", "weekend", "merchant"])
        #expect(artifact.content.locks == ["weekend"])
    }

    @Test func changedBytesAreNoticed() throws {
        let artifact = try ModelArtifact(drawContent(3))
        let text = String(decoding: artifact.bytes, as: UTF8.self)
        let other = try ModelArtifact(drawContent(4))
        #expect(
            throws: ArtifactError.digestMismatch(found: artifact.version, expected: other.version)
        ) { try parse(text, expected: other.version) }
        for place in stride(from: 0, to: artifact.bytes.count, by: 5) {
            var flipped = artifact.bytes
            flipped[place] ^= 1
            #expect(throws: ArtifactError.self) {
                try parse(flipped, expected: artifact.version)
            }
        }
    }

    @Test func aNewerFormatIsRefusedBeforeAnythingElse() throws {
        #expect(throws: ArtifactError.newerFormat(found: 2, newestKnown: 1)) {
            try parse(#"{"format":2,"weights":"in a way of its own"}"#)
        }
    }

    @Test(arguments: [
        (#""lambda": 0.00025"#, #""lambda": -1"#, "objective.lambda"),
        (#""alpha": 0.5"#, #""alpha": 1.5"#, "objective.alpha"),
        (#""bound": 40"#, #""bound": 0"#, "bound"),
        (#""logistic""#, #""hinge""#, "loss"),
        (#""scale": 42.09772576"#, #""scale": -1"#, "features[0].scale"),
        (#""mean": 53.619494912345"#, #""mean": "53""#, "features[0].mean"),
        (#""kind": "category""#, #""kind": "text""#, "features[2].kind"),
        (#""bits": 18"#, #""bits": 25"#, "features[2].bits"),
        (#""bits": 18"#, #""bits": 12"#, "features[2].entries[1][0]"),
        (#""examples": 1303778"#, #""examples": -1"#, "data.examples"),
        (#""from": 0"#, #""from": 1303779"#, "data.ranges[0]"),
        (#""missing": 3"#, #""missing": 1303779"#, "baseline.features.merchant.missing"),
        (#""designEffect": 2.5"#, #""designEffect": 0.5"#, "baseline.scores.designEffect"),
        (#""rankError": 0.25"#, #""rankError": 2"#, "baseline.features.amount.values.rankError"),
        (#"[0, 12]"#, #"[99, 12]"#, "baseline.features.amount.values.steps[1]"),
        (#"[4711, 103720]"#, #"[17, 9]"#, "baseline.features.merchant.categories.counts[1]"),
        (#"103778]"#, #"9e99]"#, "baseline.scores.values.steps"),
        (#""values": 4711.5"#, #""values": 0"#, "baseline.features.amount.distinct.values"),
        (#""millis": 86400000"#, #""millis": -1"#, "baseline.window.millis"),
        (#""weekend"\#n  ]"#, #""week"\#n  ]"#, "locks[0]"),
    ])
    func whatIsWrongIsNamed(found: String, replacement: String, path: String) throws {
        let text = try Self.example()
        try #require(text.contains(found))
        let broken = text.replacing(found, with: replacement)
        let error = #expect(throws: ArtifactError.self) { try parse(broken) }
        guard case .invalid(path, _, _) = error else {
            Issue.record("\(path): \(String(describing: error))")
            return
        }
    }

    @Test func missingUnknownAndRepeatedNamesAreRefused() throws {
        let text = try Self.example()
        #expect(throws: ArtifactError.missing(path: "intercept", expected: "the key")) {
            try parse(text.replacing(#""intercept": -6.259314396525067,"#, with: ""))
        }
        #expect(throws: ArtifactError.unknownKey(path: "features[0].wait")) {
            try parse(text.replacing(#""weight": 1.3687195323"#, with: #""wait": 1.3687195323"#))
        }
        #expect(throws: ArtifactError.duplicateFeature(name: "amount")) {
            try parse(text.replacing(#""name": "merchant""#, with: #""name": "amount""#))
        }
        for broken in ["", "{", "[]", "null", "{}", text + "x", "1e999"] {
            #expect(throws: ArtifactError.self) { try parse(broken) }
        }
    }

    @Test func numbersThatAreNotFiniteAreNeverFixed() {
        for seed in UInt64(0)..<20 {
            for wrong in [Double.nan, .infinity, -.infinity] {
                var content = drawContent(seed)
                content.intercept = wrong
                #expect(throws: ArtifactError.self) { try ModelArtifact(content) }
                content = drawContent(seed)
                content.metrics["x"] = wrong
                #expect(throws: ArtifactError.self) { try ModelArtifact(content) }
                content = drawContent(seed)
                guard !content.features.isEmpty else { continue }
                content.features[0].weights = .numeric(weight: wrong, .identity)
                #expect(throws: ArtifactError.self) { try ModelArtifact(content) }
            }
        }
    }

    @Test func compiledWeightsAreFoundByName() throws {
        let artifact = try parse(Self.example())
        let features = artifact.content.features.map(\.described)
        let unused = FeatureLayout.Feature(name: "unused", kind: .numeric, definition: "")
        let layout = try #require(FeatureLayout([unused] + features.reversed()))
        let model = try SparseModel(artifact, for: layout)
        #expect(model.nonZeroCount == 5)
        #expect(model.version == artifact.version)
        guard case .index(let amount) = layout["amount"]?.place else {
            Issue.record("amount has no index")
            return
        }
        #expect(layout.name(of: amount) == "amount")
        let vector = SparseVector(
            indices: [amount, layout.space.index(block: 0, hash: 4096)], values: [100, 1])
        let z = (100 - 53.619494912345) / 42.09772576
        let margin = -6.259314396525067 + 1.3687195323 * z - 1.25
        #expect(abs(model.margin(of: vector) - margin) < 1e-12)
    }

    @Test func aFeatureThatIsGoneOrComputedOtherwiseIsRefused() throws {
        let artifact = try parse(Self.example())
        var features = artifact.content.features.map(\.described)
        let gone = try #require(FeatureLayout(Array(features.dropFirst())))
        #expect(throws: ArtifactError.featureUnknown(name: "amount")) {
            try SparseModel(artifact, for: gone)
        }
        features[1] = .init(name: "weekend", kind: .numeric, definition: "other")
        let changed = try #require(FeatureLayout(features))
        #expect(throws: ArtifactError.self) { try SparseModel(artifact, for: changed) }
        #expect(FeatureLayout(features + [features[0]]) == nil)
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, "needs a python3 with the package jsonschema"))
    func artifactsFollowTheSchema() throws {
        let drawn = try (UInt64(0)..<30).map {
            String(decoding: try ModelArtifact(drawContent($0)).bytes, as: UTF8.self)
        }
        let good = try [Self.example()] + drawn
        #expect(SchemaValidator.verdicts("model.schema.json", good) == good.map { _ in "good" })
        let bad = ["{}", try Self.example().replacing(#""bits": 18"#, with: #""bits": 25"#)]
        let verdicts = try #require(SchemaValidator.verdicts("model.schema.json", bad))
        #expect(verdicts.count == 2 && verdicts.allSatisfy { $0.hasPrefix("bad") })
    }
}
