public import Bytes
internal import JSON
public import Model

/// A scikit-learn linear model as JSON, its attributes by their own names:
///
///     {"format": "sklearn-linear", "loss": "logistic",
///      "feature_names": ["amount", "night"], "coef": [0.7, -0.1], "intercept": -4.2,
///      "scaler": {"mean": [53.6, 0.28], "scale": [42.1, 0.45]},
///      "C": 1.0, "l1_ratio": 1.0, "n_samples": 20000, "metrics": {"rocArea": 0.87}}
///
/// `scaler` (of a `StandardScaler`), `C`, `l1_ratio`, `n_samples` and `metrics` may be left out.
/// λ is `1 / (C n)`, as scikit-learn's objective is `C Σ loss + penalty`. The page *Models of other
/// programs* has the few lines of Python that write and read it.
public enum ScikitLearnDocument {
    private static let format = "sklearn-linear"
    private static let keys: Set<String> = [
        "format", "loss", "feature_names", "coef", "intercept", "scaler", "C", "l1_ratio",
        "n_samples", "metrics",
    ]

    // MARK: In

    /// Reads such a document.
    public static func weights(
        parsing bytes: borrowing RawSpan
    ) throws(ImportError) -> ImportedWeights {
        let document: JSONValue
        do throws(JSONParseError) { document = try JSONValue(parsing: bytes) } catch {
            throw .notJSON(error)
        }
        guard let object = document.object, document["format"]?.string == format else {
            throw .invalid(
                at: "format", found: document["format"]?.string ?? "nothing",
                expected: "\"\(format)\"")
        }
        for key in object.keys where !keys.contains(key) {
            throw .invalid(
                at: key, found: "an unknown key",
                expected: keys.sorted().joined(separator: ", "))
        }
        let names = try names(document["feature_names"])
        let coefficients = try numbers(document["coef"], "coef", count: names.count)
        guard let intercept = document["intercept"]?.double else {
            throw .invalid(at: "intercept", found: "nothing", expected: "a number")
        }
        var weights = ImportedWeights(
            solver: "scikit-learn", intercept: intercept,
            weights: zip(names, coefficients).map { .init(feature: $0, weight: $1) })
        if let scaler = document["scaler"], scaler != .null {
            try scale(&weights, by: scaler)
        }
        try readSettings(document, into: &weights)
        return weights
    }

    private static func scale(
        _ weights: inout ImportedWeights, by scaler: JSONValue
    ) throws(ImportError) {
        let count = weights.weights.count
        let means = try numbers(scaler["mean"], "scaler.mean", count: count)
        let scales = try numbers(scaler["scale"], "scaler.scale", count: count)
        for place in 0..<count {
            weights.weights[place].scaling = Standardization(
                mean: means[place], scale: scales[place])
        }
    }

    private static func readSettings(
        _ document: JSONValue, into weights: inout ImportedWeights
    ) throws(ImportError) {
        if let text = document["loss"]?.string {
            guard let loss = Loss(rawValue: text) else {
                throw .invalid(
                    at: "loss", found: text,
                    expected: Loss.allCases.map(\.rawValue).joined(separator: ", "))
            }
            weights.loss = loss
        }
        weights.examples =
            try document["n_samples"].map { value throws(ImportError) in
                guard let count = value.integer, count >= 0 else {
                    throw .invalid(at: "n_samples", found: "\(value)", expected: "0 or more")
                }
                return Int(count)
            } ?? 0
        if let strength = document["C"]?.double {
            guard strength > 0, strength.isFinite else {
                throw .invalid(at: "C", found: "\(strength)", expected: "a positive number")
            }
            weights.parameters["C"] = strength
            if weights.examples > 0 {
                weights.objective.lambda = 1 / (strength * Double(weights.examples))
            }
        }
        if let ratio = document["l1_ratio"]?.double { weights.objective.alpha = ratio }
        if let metrics = document["metrics"]?.object {
            for (key, value) in zip(metrics.keys, metrics.values) {
                guard let number = value.double else {
                    throw .invalid(at: "metrics.\(key)", found: "\(value)", expected: "a number")
                }
                weights.metrics[key] = number
            }
        }
    }

    private static func names(_ value: JSONValue?) throws(ImportError) -> [String] {
        let names = value?.array?.compactMap(\.string) ?? []
        guard !names.isEmpty, names.count == value?.array?.count else {
            throw .invalid(at: "feature_names", found: "no list of names", expected: "names")
        }
        return names
    }

    private static func numbers(
        _ value: JSONValue?, _ key: String, count: Int
    ) throws(ImportError) -> [Double] {
        // scikit-learn's `coef_` of a classifier is a list of one list.
        let list = value?.array?.count == 1 ? value?.array?[0].array ?? value?.array : value?.array
        guard let numbers = list?.compactMap(\.double), numbers.count == count,
            list?.count == count
        else {
            throw .invalid(
                at: key, found: "\(list?.count ?? 0) values", expected: "\(count) numbers")
        }
        return numbers
    }

    // MARK: Out

    /// Appends a model as such a document.
    ///
    /// - Throws: `ImportError.notNumeric` for a model with categories, whose buckets scikit-learn
    ///   does not have.
    public static func write(
        _ content: ModelContent, to writer: inout ByteWriter
    ) throws(ImportError) {
        var (names, weights, means, scales): ([JSONValue], [JSONValue], [JSONValue], [JSONValue]) =
            ([], [], [], [])
        for feature in content.features {
            guard case .numeric(let weight, let scaling) = feature.weights else {
                throw .notNumeric(name: feature.name)
            }
            names.append(.string(feature.name))
            // A constant feature contributes nothing here, and its scale is 1 there.
            weights.append(.number(scaling.scale > 0 ? weight : 0))
            means.append(.number(scaling.mean))
            scales.append(.number(scaling.scale > 0 ? scaling.scale : 1))
        }
        var object: JSONObject = [
            "format": .string(format), "loss": .string(content.loss.rawValue),
            "feature_names": .array(names), "coef": .array(weights),
            "intercept": .number(content.intercept),
            "scaler": .object(["mean": .array(means), "scale": .array(scales)]),
            "l1_ratio": .number(content.objective.alpha),
            "n_samples": .integer(Int64(content.data.examples)),
        ]
        let total = content.objective.lambda * Double(content.data.examples)
        if total > 0 { object["C"] = .number(1 / total) }
        JSONValue.object(object).write(to: &writer)
        writer.append(UInt8(ascii: "\n"))
    }
}
