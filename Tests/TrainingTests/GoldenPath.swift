import JSON
import Model
import TestSupport

/// One of the published feature sets with its independently found optima (`golden/*.json`).
struct GoldenPath {
    struct Optimum {
        var model: SparseModel
        /// Measures on the test part: `auc`, `average_precision`, `logloss`, `card_precision_100`.
        var measures: [String: Double]
    }

    let optima: [Optimum]

    /// - Parameter name: a file below `handbook/`.
    init?(_ name: String) throws {
        let bytes = try SharedData.bytes("handbook/\(name)")
        let root = try JSONValue(parsing: unsafe bytes.span.bytes)
        guard let means = Self.numbers(root["means"]), let scales = Self.numbers(root["stds"]),
            let entries = root["entries"]?.array,
            let space = FeatureSpace(numericCount: means.count)
        else { return nil }
        optima = entries.compactMap { entry in
            guard let intercept = entry["intercept"]?.double,
                let weights = Self.numbers(entry["coef"]), let test = entry["test"]?.object
            else { return nil }
            var model = SparseModel(
                space: space, loss: .logistic, version: "golden", intercept: intercept)
            for index in weights.indices {
                let scaling = Standardization(mean: means[index], scale: scales[index])
                model.set(weights[index], at: UInt32(index), scaling)
            }
            var measures: [String: Double] = [:]
            for (key, value) in zip(test.keys, test.values) { measures[key] = value.double }
            return Optimum(model: model, measures: measures)
        }
    }

    private static func numbers(_ value: JSONValue?) -> [Double]? {
        value?.array?.compactMap(\.double)
    }
}
