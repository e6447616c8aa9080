internal import Bytes
public import Events
public import Model

/// The features of a project, compiled: what is computed for each event, in which order, into which
/// slots, and how the model's vector is read from them.
///
/// Slots of an `EventRow`: the declared fields, then the event's time, then one a feature, then
/// operands of aggregates. What no wanted feature needs, directly or through others, is not
/// computed: a plan may be for all of a model's inputs, or for those that someone asks for.
public struct FeaturePlan: Sendable {
    /// One declared feature.
    public struct Feature: Sendable {
        public let definition: FeatureDefinition
        public var name: String { definition.name }
        /// Where its value stands in the row; nil for a category, which is only an entry of the
        /// vector.
        public let slot: Int?
        public let need: Need
    }

    /// Why a feature is computed, or that it is not.
    public enum Need: Equatable, Sendable {
        /// The model's, and someone asks for it.
        case input
        /// An input needs it: the features that name it.
        case neededBy([String])
        case skipped
    }

    /// One step of the program that runs before or after the windows.
    struct Step: Sendable {
        var expression: Expression
        var slot: Int
        var isText: Bool

        init(_ expression: Expression, slot: Int) {
            self.expression = expression
            self.slot = slot
            isText = expression.type == .text
        }
    }

    /// A numeric input that is computed: where it is in the row and in the vector.
    struct Number: BitwiseCopyable {
        var slot: Int
        var index: UInt32
    }

    /// A hashed one-hot block of the vector.
    struct Category: Sendable {
        var slots: [Int]
        var areTexts: [Bool]
        var seed: UInt64
        var block: Int
    }

    public let schema: EventSchema
    public let features: [Feature]
    /// The model's inputs: numeric ones first, then categories, each in declared order. The
    /// vector's index of a numeric input is its place here.
    public let inputs: [String]
    public let space: FeatureSpace
    public let slotCount: Int
    let timeSlot: Int
    let beforeWindows: [Step]
    let tables: [EntityPlan]
    let afterWindows: [Step]
    let inputSlots: [Int]
    /// The numeric inputs that are computed, in order.
    let numbers: [Number]
    /// Those of the categories that are computed.
    let categories: [Category]
    let latenessMillis: Int64
    let labelHorizonMillis: Int64

    /// The entities whose windows hold labels: the length of an event's label references.
    public var labelledEntityCount: Int { tables.count { $0.labelColumn != nil } }

    /// Where a feature's value stands in the row; nil for a category or an unknown name.
    /// O(features).
    public func slot(of feature: String) -> Int? {
        features.first { $0.name == feature }?.slot
    }

    /// Features whose value is text.
    public var textFeatures: Set<String> {
        let slots = Set((beforeWindows + afterWindows).filter(\.isText).map(\.slot))
        return Set(features.filter { $0.slot.map(slots.contains) ?? false }.map(\.name))
    }

    /// Fields by which events are grouped, each once.
    public var entities: [String] { tables.map(\.name) }
}

extension FeaturePlan {
    /// Compiles definitions; those that neither the model nor another computed feature needs are
    /// left out of the program.
    ///
    /// - Parameters:
    ///   - inputs: the model's inputs; nil takes every feature that is not text.
    ///   - demand: those of the inputs that are computed, nil for all; the others keep their place
    ///     in the vector and are missing.
    ///   - latenessMillis: how late an event may come and still find its windows.
    ///   - labelHorizonMillis: how late a label may come and still find its event.
    public init(
        schema: EventSchema, definitions: [FeatureDefinition], inputs: [String]? = nil,
        computing demand: Set<String>? = nil, latenessMillis: Int64 = 0,
        labelHorizonMillis: Int64 = 0
    ) throws(FeatureError) {
        var compiler = try FeatureCompiler(schema: schema, definitions: definitions)
        self = try compiler.compile(
            inputs: inputs, computing: demand, latenessMillis: latenessMillis,
            labelHorizonMillis: labelHorizonMillis)
    }
}

/// What is asked for, and what is computed.
extension FeaturePlan {
    /// The inputs that are computed.
    public var computedInputs: Set<String> {
        Set(features.filter { $0.need == .input }.map(\.name))
    }

    /// The computed inputs that are over labels.
    public var inputsOverLabels: Set<String> {
        let overLabels = features.filter { feature in
            guard case .aggregate(let aggregate) = feature.definition.kind else { return false }
            return feature.need == .input && aggregate.operand == .label
        }
        return Set(overLabels.map(\.name))
    }

    /// The categories that are computed: blocks of the vector, in order.
    public var computedBlocks: [Int] { categories.map(\.block) }

    /// Whether nothing of the model's inputs is left out.
    public var isWhole: Bool { computedInputs.count == inputs.count }

    /// The inputs that a model gives a weight.
    public func inputs(weighedBy model: borrowing SparseModel) -> Set<String> {
        var weighed: Set<String> = []
        for (input, name) in inputs.enumerated()
        where model.nonZeroCount(in: indices(ofInput: input)) > 0 {
            weighed.insert(name)
        }
        return weighed
    }

    /// The same features, inputs and vector, with only these inputs computed and what they need.
    public func computing(_ demand: Set<String>) -> FeaturePlan {
        let plan = try? FeaturePlan(
            schema: schema, definitions: features.map(\.definition), inputs: inputs,
            computing: demand, latenessMillis: latenessMillis,
            labelHorizonMillis: labelHorizonMillis)
        guard let plan else { preconditionFailure("what compiled as a whole compiles in part") }
        return plan
    }
}

extension FeaturePlan {
    /// The input that an index of the vector belongs to.
    @inline(__always)
    public func input(of index: UInt32) -> Int {
        guard Int(index) >= space.numericCount, let block = space.block(of: index) else {
            return Int(index)
        }
        return space.numericCount + block
    }

    /// The indices of the vector that an input may fill.
    public func indices(ofInput input: Int) -> Range<Int> {
        input < space.numericCount
            ? input..<input + 1 : space.buckets(ofBlock: input - space.numericCount)
    }

    /// The value of a numeric input after a step; NaN when it is missing.
    @inline(__always)
    public func value(ofInput input: Int, in row: borrowing EventRow) -> Double {
        row.numbers[inputSlots[input]]
    }
}
