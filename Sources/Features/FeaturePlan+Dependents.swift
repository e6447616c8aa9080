internal import Events

extension FeaturePlan {
    /// Features whose expressions or operands name this one, directly or through others. A name
    /// that is a field's stands for the field, whatever feature bears it too.
    public func dependents(of name: String) -> [String] {
        let fields = Set(schema.fields.map(\.name))
        var found: Set<String> = [name]
        var grows = true
        while grows {
            grows = false
            for feature in features where !found.contains(feature.name) {
                let needs = found.subtracting(fields)
                guard !needs.isDisjoint(with: feature.definition.names) else { continue }
                found.insert(feature.name)
                grows = true
            }
        }
        return features.map(\.name).filter { $0 != name && found.contains($0) }
    }
}

extension FeatureDefinition {
    /// Names in its expressions: fields, features and functions.
    public var names: [String] {
        switch kind {
        case .value(let expression): Expression.names(in: expression)
        case .category(let fields, _): fields
        case .aggregate(let aggregate):
            if case .expression(let source) = aggregate.operand {
                Expression.names(in: source)
            } else {
                []
            }
        }
    }
}
