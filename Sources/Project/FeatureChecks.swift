internal import Bytes
internal import Events
internal import Features

/// Checks the features against the fields and each other: names, types, order.
struct FeatureChecks {
    /// A longer cycle is cut when it is told.
    private static let cycleNamesMax = 12

    private let fields: [FieldSchema]
    private let declared: [DeclaredFeature]
    private let hasLabels: Bool
    private let text: SourceText
    /// Features by name; a field hides a feature of the same name.
    private let places: [String: Int]
    private var scope = ExpressionScope()
    /// Features that have a fault, and those made from them, of which nothing more is said.
    private var faulty: Set<Int> = []
    /// Features whose values do not depend on windows, with their types.
    private var types: [Int: ExpressionType] = [:]
    private var madeFromWindows: Set<Int> = []

    init(
        fields: [FieldSchema], declared: [DeclaredFeature], hasLabels: Bool, text: SourceText
    ) {
        self.fields = fields
        self.declared = declared
        self.hasLabels = hasLabels
        self.text = text
        let names = Set(fields.map(\.name))
        let visible = declared.indices.filter { !names.contains(declared[$0].definition.name) }
        places = Dictionary(
            visible.map { (declared[$0].definition.name, $0) },
            uniquingKeysWith: { first, _ in first })
        for (slot, field) in fields.enumerated() {
            scope.declare(field.name, slot: slot, type: field.type.expressionType)
        }
        scope.declare("time", slot: fields.count, type: .number)
        // Known to suggestions before its own turn gives it its type.
        for place in visible { declare(place, .number) }
    }

    mutating func check(_ problems: inout Problems) {
        for place in order(&problems) where !problems.isFull {
            let needed = dependencies(of: place)
            if needed.contains(where: faulty.contains) {
                faulty.insert(place)
                continue
            }
            if needed.contains(where: madeFromWindows.contains) { madeFromWindows.insert(place) }
            if !isSound(place, &problems) { faulty.insert(place) }
        }
    }

    /// Names of the sound features whose values are texts: no inputs of a model.
    var textFeatures: Set<String> {
        Set(types.filter { $0.value == .text }.map { declared[$0.key].definition.name })
    }

    private mutating func declare(_ place: Int, _ type: ExpressionType) {
        let name = declared[place].definition.name
        guard places[name] == place else { return }
        scope.declare(name, slot: fields.count + 1 + place, type: type)
    }

    /// The features that a feature is computed from.
    private func dependencies(of place: Int) -> [Int] {
        let names: [String] =
            switch declared[place].definition.kind {
            case .category(let fields, _): fields
            default: declared[place].expression?.scalar.map(Expression.names) ?? []
            }
        return names.compactMap { places[$0] }
    }

    // MARK: Order

    /// Every feature after those it needs, by a walk in depth that keeps its path. A feature that
    /// needs itself, through others or directly, is a problem.
    private mutating func order(_ problems: inout Problems) -> [Int] {
        var order: [Int] = []
        var done: Set<Int> = []
        var isOnPath: Set<Int> = []
        for start in declared.indices where !done.contains(start) {
            var path = [(place: start, rest: dependencies(of: start))]
            isOnPath.insert(start)
            while let last = path.last {
                guard let next = last.rest.last else {
                    done.insert(last.place)
                    order.append(last.place)
                    isOnPath.remove(last.place)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rest.removeLast()
                if isOnPath.contains(next) {
                    report(cycleTo: next, path.map(\.place), &problems)
                } else if !done.contains(next) {
                    path.append((next, dependencies(of: next)))
                    isOnPath.insert(next)
                }
            }
        }
        return order
    }

    /// - Parameter place: on the path, and needed by the last of the path.
    private mutating func report(
        cycleTo place: Int, _ path: @autoclosure () -> [Int], _ problems: inout Problems
    ) {
        guard !faulty.contains(place), !problems.isFull else { return }
        let cycle = path().drop { $0 != place }
        guard let first = cycle.min() else { return }
        faulty.formUnion(cycle)
        let start = cycle.firstIndex(of: first) ?? cycle.startIndex
        let names = (cycle[start...] + cycle[..<start] + [first]).prefix(Self.cycleNamesMax).map {
            "`\(declared[$0].definition.name)`"
        }
        let node = declared[first].expression
        problems.add(
            at: node?.position ?? declared[first].position,
            found: "a feature that needs itself: \(names.joined(separator: " → "))",
            expected: "features in an order in which each can be computed")
    }

    // MARK: One feature

    private mutating func isSound(_ place: Int, _ problems: inout Problems) -> Bool {
        switch declared[place].definition.kind {
        case .value:
            guard let expression = expression(of: place, &problems) else { return false }
            types[place] = expression.type
            declare(place, expression.type)
            return true
        case .aggregate(let aggregate):
            madeFromWindows.insert(place)
            return isSound(aggregate, place, &problems)
        case .category:
            let areSound = declared[place].categories.map { isSound(category: $0, &problems) }
            return areSound.allSatisfy(\.self)
        }
    }

    private func expression(of place: Int, _ problems: inout Problems) -> Expression? {
        guard let node = declared[place].expression, let source = node.scalar else { return nil }
        do throws(ExpressionError) {
            return try Expression(source, in: scope)
        } catch {
            problems.add(
                at: text.position(ofByte: error.offset, in: node), found: error.found,
                expected: error.expected, suggestion: error.suggestion)
            return nil
        }
    }

    private func isSound(
        _ aggregate: Aggregate, _ place: Int, _ problems: inout Problems
    ) -> Bool {
        var isSound = declared[place].entity.map { self.isSound(entity: $0, &problems) } ?? false
        switch aggregate.operand {
        case .event: break
        case .label:
            if !hasLabels {
                problems.add(
                    at: declared[place].position, found: "`of: label` without labels",
                    expected: "a section `labels`")
                isSound = false
            }
        case .expression:
            guard let node = declared[place].expression else { return false }
            if let windowed = dependencies(of: place).first(where: madeFromWindows.contains) {
                problems.add(
                    at: node.position,
                    found: "feature `\(declared[windowed].definition.name)`, which is made from "
                        + "windows",
                    expected: "fields, or features made from fields alone")
                return false
            }
            guard let operand = expression(of: place, &problems) else { return false }
            if operand.type == .text, aggregate.function != .distinct {
                problems.add(
                    at: node.position, found: "text `\(node.scalar ?? "")`", expected: "a number")
                isSound = false
            }
        }
        return isSound
    }

    private func isSound(entity node: YAMLNode, _ problems: inout Problems) -> Bool {
        guard let name = node.scalar else { return false }
        guard let field = fields.first(where: { $0.name == name }) else {
            problems.add(
                at: node.position, found: "unknown field `\(name)`",
                expected: "a field of type int64 or string",
                suggestion: NearestName.of(name, among: fields.map(\.name)))
            return false
        }
        guard field.type == .int64 || field.type == .string else {
            problems.add(
                at: node.position, found: "\(field.type.rawValue) field `\(name)`",
                expected: "an entity of type int64 or string")
            return false
        }
        return true
    }

    private func isSound(category node: YAMLNode, _ problems: inout Problems) -> Bool {
        guard let name = node.scalar else { return false }
        let expected = "a field of type int64, bool or string, or a text feature made from fields"
        if let field = fields.first(where: { $0.name == name }) {
            guard field.type == .double else { return true }
            problems.add(at: node.position, found: "double field `\(name)`", expected: expected)
            return false
        }
        guard let place = places[name] else {
            problems.add(
                at: node.position, found: "unknown name `\(name)`", expected: expected,
                suggestion: NearestName.of(name, among: scope.names))
            return false
        }
        guard types[place] == .text, !madeFromWindows.contains(place) else {
            problems.add(at: node.position, found: "feature `\(name)`", expected: expected)
            return false
        }
        return true
    }
}

extension FieldType {
    fileprivate var expressionType: ExpressionType {
        switch self {
        case .int64, .double: .number
        case .bool: .bool
        case .string: .text
        }
    }
}
