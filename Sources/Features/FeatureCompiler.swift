internal import Bytes
internal import Events
internal import Model

/// Compiles feature definitions into a `FeaturePlan`.
struct FeatureCompiler {
    /// Entity types of a project; each has a table of its own.
    static let entitiesMax = 16
    static let featuresMax = 10_000

    let schema: EventSchema
    let definitions: [FeatureDefinition]
    let position: [String: Int]
    let fieldSlots: [String: Int]
    private var scope = ExpressionScope()
    private var slotCount: Int
    /// Value features compiled so far.
    private var compiled: [String: Expression] = [:]
    /// Value features whose values do not depend on windows.
    private var independent: Set<String> = []
    private var operandSlots: [String: Int] = [:]
    private var beforeWindows: [FeaturePlan.Step] = []
    private var afterWindows: [FeaturePlan.Step] = []

    init(schema: EventSchema, definitions: [FeatureDefinition]) throws(FeatureError) {
        guard definitions.count <= Self.featuresMax else {
            throw .tooMany(what: "features", found: definitions.count, max: Self.featuresMax)
        }
        self.schema = schema
        self.definitions = definitions
        position = Dictionary(
            definitions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        fieldSlots = Dictionary(
            schema.fields.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first })
        slotCount = schema.fields.count + 1 + definitions.count
        for (slot, field) in schema.fields.enumerated() {
            scope.declare(field.name, slot: slot, type: field.type.expressionType)
        }
        scope.declare("time", slot: timeSlot, type: .number)
    }

    private var timeSlot: Int { schema.fields.count }

    private func slot(of name: String) -> Int? { position[name].map { timeSlot + 1 + $0 } }

    // MARK: Compile

    mutating func compile(
        inputs wanted: [String]?, computing demand: Set<String>?, latenessMillis: Int64,
        labelHorizonMillis: Int64
    ) throws(FeatureError) -> FeaturePlan {
        let order = try orderByNeed()
        for name in order { try declare(name) }
        let inputs = try inputs(wanted)
        let chosen = demand.map { Set(inputs).intersection($0) } ?? Set(inputs)
        let neededBy = needs(of: inputs.filter(chosen.contains))
        var builders: [(field: String, builder: EntityPlanBuilder)] = []
        for name in order where neededBy[name] != nil {
            try emit(name, into: &builders)
        }
        let numeric = inputs.filter { !isCategory($0) }
        let blocks = inputs.filter(isCategory)
        let bits = blocks.map { name -> Int in
            if case .category(_, let bits) = definitions[position[name] ?? 0].kind { return bits }
            return 0
        }
        guard let space = FeatureSpace(numericCount: numeric.count, blockBits: bits) else {
            throw .tooMany(
                what: "vector entries",
                found: bits.reduce(numeric.count) { $0 + (1 << min($1, 32)) },
                max: FeatureSpace.widthMax)
        }
        return FeaturePlan(
            schema: schema,
            features: definitions.map { definition in
                FeaturePlan.Feature(
                    definition: definition,
                    slot: isCategory(definition.name) ? nil : slot(of: definition.name),
                    need: need(of: definition.name, chosen: chosen, neededBy: neededBy))
            },
            inputs: numeric + blocks, space: space, slotCount: slotCount, timeSlot: timeSlot,
            beforeWindows: beforeWindows,
            tables: builders.map { field, builder in
                let keySlot = fieldSlots[field] ?? 0
                return builder.build(
                    name: field, keySlot: keySlot,
                    keyIsText: schema.fields[keySlot].type == .string,
                    latenessMillis: latenessMillis, labelHorizonMillis: labelHorizonMillis)
            },
            afterWindows: afterWindows,
            inputSlots: numeric.compactMap(slot(of:)),
            numbers: numeric.enumerated().compactMap { index, name in
                guard chosen.contains(name), let slot = slot(of: name) else { return nil }
                return FeaturePlan.Number(slot: slot, index: UInt32(index))
            },
            categories: blocks.enumerated().filter { chosen.contains($1) }
                .map { category($1, block: $0) },
            latenessMillis: latenessMillis, labelHorizonMillis: labelHorizonMillis)
    }

    private func inputs(_ wanted: [String]?) throws(FeatureError) -> [String] {
        guard let wanted else {
            return definitions.map(\.name).filter { compiled[$0]?.type != .text }
        }
        for name in wanted where position[name] == nil {
            throw .unknownName(
                feature: "model", found: name, known: definitions.map(\.name))
        }
        for name in wanted where compiled[name]?.type == .text {
            throw .operand(
                feature: name, found: "text as an input of the model",
                expected: "a number, or a category over it")
        }
        let chosen = Set(wanted)
        return definitions.map(\.name).filter(chosen.contains)
    }
}

// MARK: Features

extension FeatureCompiler {
    private func isCategory(_ name: String) -> Bool {
        if case .category = position[name].map({ definitions[$0].kind }) { return true }
        return false
    }

    /// Type-checks one feature and lets later ones use its name.
    private mutating func declare(_ name: String) throws(FeatureError) {
        guard let index = position[name], let slot = slot(of: name) else { return }
        switch definitions[index].kind {
        case .value(let source):
            let expression = try expression(source, of: name)
            compiled[name] = expression
            let isIndependent = dependencies(of: name).allSatisfy(independent.contains)
            if isIndependent { independent.insert(name) }
            if fieldSlots[name] == nil { scope.declare(name, slot: slot, type: expression.type) }
        case .aggregate(let aggregate):
            try check(aggregate, of: name)
            if fieldSlots[name] == nil { scope.declare(name, slot: slot, type: .number) }
        case .category(let fields, _):
            for field in fields { try checkCategory(field, of: name) }
        }
    }

    private func expression(
        _ source: String, of feature: String
    ) throws(FeatureError) -> Expression {
        do { return try Expression(source, in: scope) } catch {
            throw .expression(feature: feature, error)
        }
    }

    private func check(_ aggregate: Aggregate, of name: String) throws(FeatureError) {
        guard let slot = fieldSlots[aggregate.entity] else {
            throw .unknownName(
                feature: name, found: aggregate.entity, known: schema.fields.map(\.name))
        }
        let type = schema.fields[slot].type
        guard type == .int64 || type == .string else {
            throw .notAKey(
                feature: name, field: aggregate.entity, found: "a \(type.rawValue) field")
        }
        if case .expression(let source) = aggregate.operand {
            for dependency in dependencies(of: name) where !independent.contains(dependency) {
                throw .operand(
                    feature: name, found: "`\(dependency)`, which is itself made from windows",
                    expected: "fields, or features made from fields alone")
            }
            let operand = try expression(source, of: name)
            guard operand.type != .text || aggregate.function == .distinct else {
                throw .operand(feature: name, found: "text `\(source)`", expected: "a number")
            }
        }
        try aggregate.checkShape(of: name)
    }

    private func checkCategory(_ field: String, of name: String) throws(FeatureError) {
        if let slot = fieldSlots[field] {
            let type = schema.fields[slot].type
            guard type != .double else {
                throw .notAKey(feature: name, field: field, found: "a double field")
            }
        } else if position[field] == nil {
            throw .unknownName(
                feature: name, found: field,
                known: schema.fields.map(\.name) + definitions.map(\.name))
        } else if compiled[field]?.type != .text || !independent.contains(field) {
            throw .notAKey(feature: name, field: field, found: "a number-valued feature")
        }
    }

    /// Puts a needed feature into the program.
    private mutating func emit(
        _ name: String, into builders: inout [(field: String, builder: EntityPlanBuilder)]
    ) throws(FeatureError) {
        guard let index = position[name], let slot = slot(of: name) else { return }
        switch definitions[index].kind {
        case .value:
            guard let expression = compiled[name] else { return }
            let step = FeaturePlan.Step(expression, slot: slot)
            if independent.contains(name) {
                beforeWindows.append(step)
            } else {
                afterWindows.append(step)
            }
        case .aggregate(let aggregate):
            let column = try column(of: aggregate, feature: name)
            let place = builders.firstIndex { $0.field == aggregate.entity } ?? builders.count
            if place == builders.count {
                guard place < Self.entitiesMax else {
                    throw .tooMany(what: "entities", found: place + 1, max: Self.entitiesMax)
                }
                builders.append((aggregate.entity, EntityPlanBuilder()))
            }
            builders[place].builder.add(aggregate, column: column, slot: slot)
        case .category: break
        }
    }

    /// The column an aggregate reads; a new operand gets a slot and a step before the windows.
    private mutating func column(
        of aggregate: Aggregate, feature: String
    ) throws(FeatureError) -> EntityPlan.Column? {
        switch aggregate.operand {
        case .event: return nil
        case .label: return .label
        case .expression(let source):
            let expression = try expression(source, of: feature)
            if let field = fieldSlots[source] {
                return expression.type == .text ? .text(slot: field) : .number(slot: field)
            }
            let isKnown = operandSlots[source] != nil
            let slot = operandSlots[source] ?? slotCount
            if !isKnown {
                operandSlots[source] = slot
                slotCount += 1
                beforeWindows.append(FeaturePlan.Step(expression, slot: slot))
            }
            return expression.type == .text ? .text(slot: slot) : .number(slot: slot)
        }
    }

    private func category(_ name: String, block: Int) -> FeaturePlan.Category {
        guard case .category(let fields, _) = definitions[position[name] ?? 0].kind else {
            preconditionFailure("\(name) is not a category")
        }
        let slots = fields.map { fieldSlots[$0] ?? slot(of: $0) ?? 0 }
        let areTexts = slots.map { $0 >= schema.fields.count || schema.fields[$0].type == .string }
        return FeaturePlan.Category(
            slots: slots, areTexts: areTexts, seed: StableHash.of(name), block: block)
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
