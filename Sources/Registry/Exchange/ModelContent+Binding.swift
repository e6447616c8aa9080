public import Model

extension ModelContent {
    /// The same for a project: columns of a table become its features of the same names, for which
    /// the names vouch alone. Columns without a weight that the project lacks are left out.
    ///
    /// - Throws: `ImportError` for a weighed column that is no numeric feature of the project, and
    ///   for another loss than the project's.
    public func bound(
        name: String, loss: Loss, to layout: FeatureLayout
    ) throws(ImportError) -> ModelContent {
        guard self.loss == loss else {
            throw .otherLoss(found: self.loss.rawValue, expected: loss.rawValue)
        }
        let names = layout.features.map(\.name)
        var content = self
        content.name = name
        content.features = []
        for feature in features {
            guard feature.isColumn else {
                content.features.append(feature)
                continue
            }
            guard let known = layout[feature.name]?.feature else {
                guard !feature.weighsSomething else {
                    throw .unknownFeature(name: feature.name, known: names)
                }
                continue
            }
            guard known.kind == .numeric else { throw .notNumeric(name: feature.name) }
            var bound = feature
            bound.definition = known.definition
            content.features.append(bound)
        }
        let kept = Set(content.features.map(\.name))
        content.locks = locks.filter(kept.contains)
        return content
    }
}
