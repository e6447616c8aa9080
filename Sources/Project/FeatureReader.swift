internal import Bytes
internal import Features
internal import Model

/// Reads the map that declares one feature.
struct FeatureReader {
    typealias Key = DeclaredFeature.Key

    let name: String
    let defaultBits: Int

    /// Keys that tell what a feature is, and those that go with each.
    private static let forms: [(key: Key, keys: Set<Key>)] = [
        (.value, [.value]),
        (
            .aggregate,
            [
                .aggregate, .entity, .of, .window, .delay, .current, .otherwise, .halfLife, .n,
            ]
        ),
        (.category, [.category, .bits]),
        (.cross, [.cross, .bits]),
    ]

    func kind(_ section: Section<Key>, _ problems: inout Problems) -> FeatureDefinition.Kind? {
        let names = "one of `value`, `aggregate`, `category` and `cross`"
        guard let form = Self.forms.first(where: { section[$0.key] != nil }) else {
            if !section.hasUnknownKeys {
                problems.add(at: section.position, found: "none of them", expected: names)
            }
            return nil
        }
        for key in section.keys where !form.keys.contains(key) && !Key.rules.contains(key) {
            problems.add(
                at: section.keyPosition(key),
                found: "`\(key.rawValue)` beside `\(form.key.rawValue)`",
                expected: Self.forms.contains { $0.key == key }
                    ? names : "only what goes with `\(form.key.rawValue)`")
        }
        switch form.key {
        case .value:
            return section[.value].flatMap { DeclaredFeature.expression($0, &problems) }
                .map { .value(expression: $0) }
        case .aggregate: return aggregate(section, &problems).map { .aggregate($0) }
        default: return category(section, &problems)
        }
    }

    private func category(
        _ section: Section<Key>, _ problems: inout Problems
    ) -> FeatureDefinition.Kind? {
        let bits =
            section[.bits].map { $0.integer(in: 1...FeatureSpace.bitsMax, &problems) }
            ?? defaultBits
        if let node = section[.category] {
            guard let field = node.text("the name of a field", &problems), let bits else {
                return nil
            }
            return .category(fields: [field], bits: bits)
        }
        guard let node = section[.cross] else { return nil }
        let range = 2...DeclaredFeature.crossedFieldsMax
        guard range.contains(node.elements.count) else {
            problems.add(
                at: node.position, found: node.description,
                expected: "a list of \(range.lowerBound) to \(range.upperBound) fields")
            return nil
        }
        let fields = node.elements.compactMap { $0.text("the name of a field", &problems) }
        guard fields.count == node.elements.count, let bits else { return nil }
        if Set(fields).count < fields.count {
            problems.add(
                at: node.position, found: "a field twice", expected: "every field once")
        }
        return .category(fields: fields, bits: bits)
    }

    // MARK: Aggregates

    private func aggregate(_ section: Section<Key>, _ problems: inout Problems) -> Aggregate? {
        let entity = section.required(.entity, "the field that groups the events", &problems)?
            .text("the name of a field", &problems)
        guard let node = section[.aggregate],
            let shape = node.choice(AggregateShape.self, &problems)
        else { return nil }
        checkKeys(section, of: shape, &problems)
        let function = function(shape, section, &problems)
        let operand = operand(section, &problems)
        let window = section[.window].flatMap { $0.duration(atLeast: 1, &problems) }
        let delay = section[.delay].flatMap { $0.duration(atLeast: 0, &problems) } ?? 0
        let current = section[.current].flatMap { $0.bool(&problems) }
        let otherwise = section[.otherwise].flatMap { $0.number("a number", &problems) }
        if operand == .label, section[.window] == nil, shape.window != .forbidden {
            problems.add(
                at: section.keyPosition(.of), found: "`of: label` without `window`",
                expected: "the window that the labels are of")
        }
        if let current = section[.current], delay > 0 {
            problems.add(
                at: current.position, found: "`current` with `delay`",
                expected: "one of them: a delayed window never holds the current event")
        }
        guard let entity, let function, let operand else { return nil }
        return Aggregate(
            entity: entity, function: function, operand: operand, windowMillis: window,
            delayMillis: delay, includesCurrent: current ?? (shape != .timeSinceLast),
            otherwise: otherwise ?? .nan)
    }

    private func operand(
        _ section: Section<Key>, _ problems: inout Problems
    ) -> Aggregate.Operand? {
        guard let node = section[.of] else { return .event }
        if node.scalar == "label" { return .label }
        return DeclaredFeature.expression(node, &problems).map { .expression($0) }
    }

    private func function(
        _ shape: AggregateShape, _ section: Section<Key>, _ problems: inout Problems
    ) -> Aggregate.Function? {
        let back = section[.n].map { $0.integer(in: 1...AggregateShape.lagMax, &problems) } ?? 1
        let half = section[.halfLife].map { $0.duration(atLeast: 1, &problems) } ?? 1
        guard let back, let half else { return nil }
        return shape.function(back: back, halfLifeMillis: half)
    }

    /// Keys that the function needs or cannot have.
    private func checkKeys(
        _ section: Section<Key>, of shape: AggregateShape, _ problems: inout Problems
    ) {
        for (key, use) in shape.uses {
            if use == .required, section[key] == nil, !section.hasUnknownKeys {
                problems.add(
                    at: section.position, found: "`\(shape.rawValue)` without `\(key.rawValue)`",
                    expected: shape.meaning(of: key))
            }
            if use == .forbidden, section[key] != nil {
                problems.add(
                    at: section.keyPosition(key),
                    found: "`\(key.rawValue)` with `\(shape.rawValue)`",
                    expected: "no such key: \(shape.reason(against: key))")
            }
        }
        if section[.delay] != nil, section[.window] == nil, shape.window != .forbidden {
            problems.add(
                at: section.keyPosition(.delay), found: "`delay` without `window`",
                expected: "the window that is delayed")
        }
    }
}
