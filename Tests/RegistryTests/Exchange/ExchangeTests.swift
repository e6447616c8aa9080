import Bytes
import Foundation
import JSON
import Model
import Sparse
import TestSupport
import Testing

@testable import Registry

/// Models of other programs in and out.
struct ExchangeTests {
    private static let layout = FeatureLayout([
        .init(name: "amount", kind: .numeric, definition: "d1"),
        .init(name: "night", kind: .numeric, definition: "d2"),
        .init(name: "risk", kind: .numeric, definition: "d3"),
        .init(name: "merchant", kind: .category(bits: 4), definition: "d4"),
    ])

    private func content(_ weights: ImportedWeights) throws -> ModelContent {
        try weights.content(
            name: "cards", loss: .logistic, for: try #require(Self.layout))
    }

    private func margin(_ content: ModelContent, _ values: [Double]) throws -> Double {
        let model = try SparseModel(ModelArtifact(content), for: try #require(Self.layout))
        return model.margin(of: SparseVector(indices: [0, 1, 2], values: values))
    }

    // MARK: Vowpal Wabbit

    /// Written by Vowpal Wabbit 9.11.9 from 400 examples, with the learner's state.
    private static let vowpal = """
        Version 9.11.9
        Id 
        Min label:-50
        Max label:50
        bits:18
        lda:0
        0 ngram:
        0 skip:
        options: --ftrl --link logistic
        Checksum: 3558705490
        :1
        initial_t 0
        norm normalizer 0
        t 400
        sd::oec.weighted_labeled_examples 256
        l2_state 1
        pay^night:48875:1.26891 -15.1636 24.7509
        term^risk:73457:-1.49413 19.1489 29.2468
        Constant:116060:-1.99663 41.4299 87.89
        pay^amount:242958:0.068326 -65.258 227099

        """

    private static let reader = VowpalModel(
        features: ["amount", "night", "risk", "other", "123"], namespaces: ["pay", "term"])

    /// What `--readable_model` writes instead: the same without names.
    @Test func hashesAreLookedUp() throws {
        let names = ["pay^night", "term^risk", "Constant", "pay^amount"]
        let bare = names.reduce(Self.vowpal) { $0.replacing("\($1):", with: "") }
        let found = try Self.reader.weights(parsing: Array(bare.utf8))
        #expect(try found == Self.reader.weights(parsing: Array(Self.vowpal.utf8)))
        let without = VowpalModel(features: ["amount", "night", "risk"], namespaces: ["pay"])
        #expect(
            throws: ImportError.invalid(
                at: "line 18", found: "the hash 73457",
                expected: "that of a feature of the project, or a name (vw --invert_hash)")
        ) { try without.weights(parsing: Array(bare.utf8)) }
        // A name of digits stands for itself.
        #expect(VowpalHash.of("123", namespace: "") == 123)
    }

    @Test func vowpalWabbitsWeightsAreRead() throws {
        let weights = try Self.reader.weights(parsing: Array(Self.vowpal.utf8))
        #expect(weights.loss == .logistic && weights.intercept == -1.99663)
        #expect(weights.weights.map(\.feature) == ["night", "risk", "amount"])
        #expect(weights.weights.map(\.weight) == [1.26891, -1.49413, 0.068326])
        let found = try margin(content(weights), [20, 1, 0.5])
        #expect(abs(found - (-1.99663 + 20 * 0.068326 + 1.26891 - 0.5 * 1.49413)) < 1e-12)
    }

    @Test(arguments: [
        (":1", ":2", "line 1"), ("Version", "version", "line 1"),
        ("pay^night:48875:", "48876:", "line 17"), ("bits:18", "bits:x", "bits"),
        ("0.068326", "0.06x", "line 20"),
        ("term^risk:73457:-1.49413", "term^risk-1.49413", "line 18"),
    ])
    func otherFilesAreRefused(found: String, replacement: String, place: String) {
        let text = Self.vowpal.replacing(found, with: replacement)
        let error = #expect(throws: ImportError.self) {
            try Self.reader.weights(parsing: Array(text.utf8))
        }
        guard case .invalid(place, _, _) = error else {
            Issue.record("\(place): \(String(describing: error))")
            return
        }
    }

    // MARK: glmnet

    @Test(arguments: [
        "\"\",\"lambda.min\"\n\"(Intercept)\",-2.5\n\"amount\",0.0125\n\"night\",0\n"
            + "\"risk\",1e-3\n",
        "feature,coefficient\n(Intercept),-2.5\namount,.0125\nnight,.\nrisk,0.001\n",
        "            s1\n(Intercept) -2.5000\namount   0.0125\nnight     .\nrisk  0.001\n",
        "(Intercept)\t-2.5\r\namount\t0.0125\r\nnight\t0\r\nrisk\t0.001\r\n",
    ])
    func glmnetsCoefficientsAreRead(text: String) throws {
        let weights = try CoefficientTable.weights(parsing: Array(text.utf8))
        #expect(weights.intercept == -2.5)
        #expect(weights.weights.map(\.feature) == ["amount", "night", "risk"])
        #expect(weights.weights.map(\.weight) == [0.0125, 0, 0.001])
        #expect(abs(try margin(content(weights), [100, 1, 2]) - (-2.5 + 1.25 + 0.002)) < 1e-12)
    }

    @Test func tablesThatAreNoneAreRefused() {
        for text in ["", "a,b,c\n1,2,3\n", "amount,x\nnight,y\n", "\"\n", "amount,1e999\n"] {
            #expect(throws: ImportError.self) {
                try CoefficientTable.weights(parsing: Array(text.utf8))
            }
        }
    }

    @Test func namesAreMatchedWithTheProject() throws {
        func error(_ text: String) -> ImportError? {
            #expect(throws: ImportError.self) {
                try content(CoefficientTable.weights(parsing: Array(text.utf8)))
            }
        }
        #expect(
            error("nigth,1\n")
                == .unknownFeature(
                    name: "nigth", known: ["amount", "night", "risk", "merchant"]))
        #expect(error("merchant,1\n") == .notNumeric(name: "merchant"))
        #expect(error("night,1\nnight,2\n") == .featureTwice(name: "night"))
        var squared = try Self.reader.weights(parsing: Array(Self.vowpal.utf8))
        squared.loss = .squared
        #expect(throws: ImportError.otherLoss(found: "squared", expected: "logistic")) {
            try content(squared)
        }
    }

    // MARK: scikit-learn

    /// The recipe of the page, both ways.
    static func recipe() throws -> String {
        let path = "\(SharedData.packageRoot)/Sources/Registry/Registry.docc/OtherPrograms.md"
        let page = try String(contentsOfFile: path, encoding: .utf8)
        return page.split(separator: "```").filter { $0.hasPrefix("python\n") }
            .map { $0.dropFirst(7) }.joined(separator: "\n")
    }

    private static let training = """

        import sys
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        rng = np.random.default_rng(7)
        X = rng.normal([50, 0.3, 0.1], [40, 0.5, 0.05], size=(2000, 3))
        y = (rng.uniform(size=2000) < 1 / (1 + np.exp(-(X[:, 0] / 40 - 2 + X[:, 1])))).astype(int)
        if len(sys.argv) == 1:
            pipeline = make_pipeline(StandardScaler(), LogisticRegression(
                C=0.05, penalty="l1", solver="liblinear", random_state=1))
            pipeline.fit(X, y)
            print(json.dumps(export(pipeline, ["amount", "night", "risk"], n_samples=2000)))
        else:
            pipeline = load(json.loads(sys.argv[1]))
        for row in X[:50]:
            print(json.dumps([*row, float(pipeline.decision_function([row])[0])]))
        """

    @Test(
        .enabled(if: PythonProgram(importing: "sklearn") != nil, "needs Python with scikit-learn"))
    func scikitLearnAgreesBothWays() throws {
        let python = try #require(PythonProgram(importing: "sklearn"))
        let program = try Self.recipe() + Self.training
        let lines = try #require(python.output(of: program)).split(separator: "\n").map(String.init)
        try #require(lines.count == 51, "\(lines.prefix(20).joined(separator: "\n"))")
        let document = Array(lines[0].utf8)
        let imported = try content(
            ScikitLearnDocument.weights(parsing: unsafe document.span.bytes))
        #expect(abs(imported.objective.lambda - 1 / (0.05 * 2_000)) < 1e-15)
        #expect(imported.objective.alpha == 1 && imported.data.examples == 2_000)
        func check(_ lines: ArraySlice<String>) throws {
            for line in lines {
                let numbers = try JSONValue(parsing: line).array?.compactMap(\.double) ?? []
                try #require(numbers.count == 4)
                let found = try margin(imported, Array(numbers[..<3]))
                #expect(abs(found - numbers[3]) < 1e-11)
            }
        }
        try check(lines[1...])
        var writer = ByteWriter()
        try ScikitLearnDocument.write(imported, to: &writer)
        let exported = String(decoding: writer.copy(), as: UTF8.self)
        let again = try #require(python.output(of: program, [exported]))
        try check(again.split(separator: "\n").map(String.init)[...])
    }

    @Test func itsDocumentsAreChecked() throws {
        let good =
            #"{"format":"sklearn-linear","feature_names":["amount"],"coef":[[1.5]],"intercept":-1}"#
        func read(_ text: String) throws -> ImportedWeights {
            let bytes = Array(text.utf8)
            return try ScikitLearnDocument.weights(parsing: unsafe bytes.span.bytes)
        }
        #expect(try read(good).weights == [.init(feature: "amount", weight: 1.5)])
        for (found, replacement) in [
            ("[[1.5]]", "[[1.5, 2]]"), ("-1}", "-1,\"wait\":3}"), ("\"amount\"", "3"),
            ("-1}", "\"x\"}"), ("sklearn-linear", "pickle"),
            ("-1}", "-1,\"scaler\":{\"mean\":[1],\"scale\":[]}}"), ("-1}", "-1,\"C\":0}"),
            ("-1}", "-1,\"n_samples\":-5}"), ("-1}", "-1,\"loss\":\"hinge\"}"),
        ] {
            try #require(good.contains(found))
            #expect(throws: ImportError.self, "\(replacement)") {
                try read(good.replacing(found, with: replacement))
            }
        }
        var negative = try content(read(good))
        negative.features[0].weights = .numeric(weight: 1, .init(mean: 0, scale: -1))
        #expect(throws: ArtifactError.self) { try ModelArtifact(negative) }
    }

    @Test(arguments: UInt64(0)..<200) func damagedFilesNeverTrap(seed: UInt64) {
        var random = RandomJSON(seed)
        let damaged = random.damage(Self.vowpal)
        _ = try? Self.reader.weights(parsing: damaged)
        _ = try? CoefficientTable.weights(parsing: damaged)
        let document = random.damage(
            #"{"format":"sklearn-linear","feature_names":["a"],"coef":[1.5],"intercept":-1}"#)
        _ = try? ScikitLearnDocument.weights(parsing: unsafe document.span.bytes)
    }

    // MARK: CSV

    @Test func theWeightTableReadsBack() throws {
        var content = ModelContent.numbered(0)
        content.features[1].name = "a \"quoted\", name"
        var writer = ByteWriter()
        WeightTable(content).write(to: &writer)
        #expect(
            String(decoding: writer.copy(), as: UTF8.self) == """
                feature,bucket,weight,mean,scale,coefficient
                (Intercept),,-2,,,-3.75
                amount,,1.5,50,40,0.0375
                "a ""quoted"", name",,-0.25,0.2,0.4,-0.625
                merchant,3,0.5,,,0.5

                """)
    }
}
