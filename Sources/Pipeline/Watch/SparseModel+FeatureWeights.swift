public import Drift
public import Features
public import Model

extension SparseModel {
    /// What each input of a plan that it weighs moves the margin by. O(vector).
    ///
    /// - Parameter categoryNames: what profiles call the categories in a bucket of an input.
    public func featureWeights(
        of plan: FeaturePlan,
        categoryNames: (_ input: String, _ bucket: Int) -> [String] = { _, bucket in
            [FeatureProfile.name(ofBucket: bucket)]
        }
    ) -> [String: FeatureWeight] {
        var weights: [String: FeatureWeight] = [:]
        for (input, name) in plan.inputs.enumerated() {
            let block = plan.indices(ofInput: input)
            guard input >= plan.space.numericCount else {
                weights[name] = slope(at: UInt32(block.lowerBound)).map {
                    FeatureWeight(weight: $0.slope, center: $0.center)
                }
                continue
            }
            var categories: [String: Double] = [:]
            for index in block {
                guard let slope = slope(at: UInt32(index)) else { continue }
                for category in categoryNames(name, index - block.lowerBound) {
                    categories[category] = slope.slope
                }
            }
            if !categories.isEmpty { weights[name] = FeatureWeight(categories: categories) }
        }
        return weights
    }
}
