internal import Bytes
internal import Events
internal import Features
internal import JSON
internal import Model

extension FeaturePlan {
    /// The model's inputs by name, each with the digest of how it is computed.
    var layout: FeatureLayout {
        var digests = DefinitionDigests(self)
        let described = inputs.compactMap { name -> FeatureLayout.Feature? in
            guard let feature = self.features.first(where: { $0.name == name }) else { return nil }
            var kind = FeatureLayout.Kind.numeric
            if case .category(_, let bits) = feature.definition.kind {
                kind = .category(bits: bits)
            }
            return FeatureLayout.Feature(
                name: name, kind: kind, definition: digests.digest(of: name))
        }
        guard let layout = FeatureLayout(described) else {
            preconditionFailure("a compiled plan has distinct names that fit")
        }
        return layout
    }

    /// Where a numeric input of the model stands in a vector; nil where none has the name.
    func numericIndex(of name: String) -> UInt32? {
        guard case .index(let index) = layout[name]?.place else { return nil }
        return index
    }
}

/// Digests of feature definitions: SHA-256 of what is declared and, in turn, of everything it
/// names. Two features with the same digest are computed alike.
private struct DefinitionDigests {
    private let definitions: [String: FeatureDefinition]
    private let fields: [String: FieldSchema]
    private var known: [String: String] = [:]

    init(_ plan: FeaturePlan) {
        definitions = Dictionary(
            plan.features.map { ($0.name, $0.definition) }, uniquingKeysWith: { first, _ in first })
        fields = Dictionary(
            plan.schema.fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func digest(of name: String) -> String {
        if let digest = known[name] { return digest }
        guard let definition = definitions[name] else { return "" }
        var needs: JSONObject = [:]
        for needed in definition.kind.names {
            if let field = fields[needed] {
                needs[needed] = .string(
                    "\(field.type.rawValue) \(field.path.joined(separator: "."))")
            } else if definitions[needed] != nil {
                needs[needed] = .string(digest(of: needed))
            }
        }
        var document = definition.kind.document
        document["needs"] = .object(needs)
        var writer = ByteWriter()
        JSONValue.object(document).write(to: &writer, order: .canonical)
        let digest = ContentDigest(of: writer.bytes).hex
        known[name] = digest
        return digest
    }
}

extension FeatureDefinition.Kind {
    /// Fields and features that it names; functions may be among them.
    fileprivate var names: [String] {
        switch self {
        case .value(let expression): Expression.names(in: expression)
        case .category(let fields, _): fields
        case .aggregate(let aggregate):
            if case .expression(let source) = aggregate.operand {
                [aggregate.entity] + Expression.names(in: source)
            } else {
                [aggregate.entity]
            }
        }
    }

    /// The declaration as a document, for its digest.
    fileprivate var document: JSONObject {
        switch self {
        case .value(let expression): ["value": .string(expression)]
        case .category(let fields, let bits):
            ["category": .array(fields.map { .string($0) }), "bits": .integer(Int64(bits))]
        case .aggregate(let aggregate):
            [
                "entity": .string(aggregate.entity),
                "aggregate": .string(aggregate.function.identity),
                "of": .string(aggregate.operand.identity),
                "window": aggregate.windowMillis.map { .integer($0) } ?? .null,
                "delay": .integer(aggregate.delayMillis),
                "current": .bool(aggregate.includesCurrent),
                "otherwise": .optional(aggregate.otherwise),
            ]
        }
    }
}
