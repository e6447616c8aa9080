public import Model

/// A linear model of another program: what it says, before names are matched with a project's
/// features.
public struct ImportedWeights: Equatable, Sendable {
    /// One coefficient.
    public struct Weight: Equatable, Sendable {
        public var feature: String
        public var weight: Double
        /// The scaling that the weight belongs to; the identity for coefficients of raw values.
        public var scaling = Standardization.identity

        public init(
            feature: String, weight: Double, scaling: Standardization = .identity
        ) {
            self.feature = feature
            self.weight = weight
            self.scaling = scaling
        }
    }

    /// The program that it comes from.
    public var solver: String
    /// What the document says it minimised; nil where it says nothing.
    public var loss: Loss?
    public var objective = ModelContent.Objective(lambda: 0, alpha: 1)
    public var intercept: Double
    public var weights: [Weight]
    public var examples = 0
    public var metrics: [String: Double] = [:]
    public var parameters: [String: Double] = [:]

    public init(solver: String, intercept: Double, weights: [Weight]) {
        self.solver = solver
        self.intercept = intercept
        self.weights = weights
    }

    /// The content of an artifact for a project.
    ///
    /// - Parameters:
    ///   - loss: the project's; must be the document's where that says one.
    ///   - layout: the project's features, each with the digest of how it is computed. Features
    ///     that the document does not name are left out.
    public func content(
        name: String, loss: Loss, for layout: FeatureLayout
    ) throws(ImportError) -> ModelContent {
        if let own = self.loss, own != loss {
            throw .otherLoss(found: own.rawValue, expected: loss.rawValue)
        }
        let names = layout.features.map(\.name)
        var features: [ModelContent.Feature] = []
        var seen: Set<String> = []
        for weight in weights {
            guard seen.insert(weight.feature).inserted else {
                throw .featureTwice(name: weight.feature)
            }
            guard let feature = layout[weight.feature]?.feature else {
                throw .unknownFeature(name: weight.feature, known: names)
            }
            guard feature.kind == .numeric else { throw .notNumeric(name: weight.feature) }
            features.append(
                ModelContent.Feature(
                    name: feature.name, definition: feature.definition,
                    weights: .numeric(weight: weight.weight, weight.scaling)))
        }
        var content = ModelContent(
            name: name, loss: loss, objective: objective, intercept: intercept,
            features: features, data: .init(examples: examples),
            solver: .init(name: solver, parameters: parameters))
        content.metrics = metrics
        return content
    }
}
