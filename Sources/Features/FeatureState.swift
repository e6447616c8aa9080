internal import Bytes
public import Events
internal import Model
public import Sparse

/// The windows of one task, and the one function that makes a feature vector.
public struct FeatureState: ~Copyable {
    /// One entity type: its table, and where an event names the entity.
    struct Entity: ~Copyable {
        var table: EntityTable
        let keySlot: Int
        let keyIsText: Bool
        let holdsLabels: Bool

        init(_ plan: EntityPlan, limits: FeatureLimits) {
            table = EntityTable(plan: plan, limits: limits)
            keySlot = plan.keySlot
            keyIsText = plan.keyIsText
            holdsLabels = plan.labelColumn != nil
        }

        /// The entity's key: an integer as it is, a text by its hash.
        func key(in row: borrowing EventRow) -> UInt64 {
            keyIsText
                ? StableHash.of(row.textBytes(row.texts[keySlot]))
                : UInt64(bitPattern: row.integers[keySlot])
        }
    }

    public let plan: FeaturePlan
    // The plan's parts that a step reads.
    let beforeWindows: FixedArray<FeaturePlan.Step>
    let afterWindows: FixedArray<FeaturePlan.Step>
    private let numbers: FixedArray<FeaturePlan.Number>
    var entities: FixedArray<Entity>
    /// Those of the entities whose windows hold labels, in order.
    let labelled: FixedArray<Int>
    var collisions: CollisionCounter
    var nextOrdinal: UInt64 = 1
    /// For each record looked ahead to and each entity type, the row of its entity; a hint.
    var rowsAhead: FixedArray<UInt32>
    /// The snapshot under way, apart from the tables' parts of it.
    var cut = Cut()
    /// Whether a cut of this state was completed, so that the next may build upon it.
    public internal(set) var hasCutBefore = false

    struct Cut {
        var nextOrdinal: UInt64 = 0
        var collisions: UInt64 = 0
        var nextBucket = 0
    }

    public init(plan: FeaturePlan, limits: FeatureLimits) {
        self.plan = plan
        beforeWindows = FixedArray(plan.beforeWindows)
        afterWindows = FixedArray(plan.afterWindows)
        numbers = FixedArray(plan.numbers)
        entities = FixedArray(count: plan.tables.count) { Entity(plan.tables[$0], limits: limits) }
        labelled = FixedArray(plan.tables.indices.filter { plan.tables[$0].labelColumn != nil })
        collisions = CollisionCounter(space: plan.space)
        rowsAhead = FixedArray(
            repeating: EntityTable.noRow, count: Self.aheadMax * plan.tables.count)
    }

    /// Records that can be looked ahead to at a time.
    public static let aheadMax = 16

    /// What a label needs to find its event in the windows again.
    public struct Reference: Equatable, Sendable {
        public var ordinal: UInt64
        /// One page for each entity whose windows hold labels.
        public var pages: [UInt32]

        public init(ordinal: UInt64 = 0, pages: [UInt32] = []) {
            self.ordinal = ordinal
            self.pages = pages
        }

        /// Makes room for the pages of so many entities.
        public mutating func resize(to count: Int) {
            if pages.count != count { pages = Array(repeating: 0, count: count) }
        }
    }

    /// Computes the features of one event, in order of arrival, and takes it into the windows.
    ///
    /// - Parameters:
    ///   - row: holds the event's fields; gets every computed feature.
    ///   - time: the event's time; not older than `clock` by more than `latenessMillis`.
    ///   - clock: the newest time of the task, this event's included.
    ///   - vector: emptied and filled with the model's inputs; missing ones are left out.
    ///   - reference: filled with what `setLabel` needs.
    ///   - place: the record's among those looked ahead to; nil if it was not.
    public mutating func step(
        row: inout EventRow, time: Int64, clock: Int64, into vector: inout SparseVector,
        reference: inout Reference, ahead place: Int? = nil
    ) {
        row.setNumber(Double(time), at: plan.timeSlot)
        Self.run(beforeWindows, on: &row)
        let ordinal = nextOrdinal
        nextOrdinal += 1
        reference.ordinal = ordinal
        reference.resize(to: labelled.count)
        var number = 0
        for type in entities.indices {
            let hint = place.map { rowsAhead[$0 * entities.count + type] } ?? EntityTable.noRow
            let page = entities[type].table.observe(
                key: entities[type].key(in: row), hint: hint, time: time, ordinal: ordinal,
                clock: clock, row: &row)
            guard entities[type].holdsLabels else { continue }
            reference.pages[number] = page
            number += 1
        }
        Self.run(afterWindows, on: &row)
        vector.removeAll()
        appendNumbers(of: row, to: &vector)
        appendCategories(of: row, to: &vector)
    }

    /// Puts a label into the windows, at its event's place in time.
    public mutating func setLabel(_ label: Double, at reference: borrowing Reference) {
        for number in labelled.indices {
            entities[labelled[number]].table.setLabel(
                label, ordinal: reference.ordinal, page: reference.pages[number])
        }
    }

    func summary(ofEntityType type: Int) -> FeatureCounts { entities[type].table.summary }

    public var counts: FeatureCounts {
        var total = FeatureCounts()
        for type in entities.indices { total += entities[type].table.summary }
        return total
    }

    /// Events whose category fell into a bucket that another value had taken first.
    public var categoryCollisions: UInt64 { collisions.count }

    // MARK: Parts of a step

    static func run(
        _ steps: borrowing FixedArray<FeaturePlan.Step>, on row: inout EventRow
    ) {
        let steps = steps.span
        for index in steps.indices {
            let slot = steps[index].slot
            if steps[index].isText {
                guard let text = steps[index].expression.text(from: &row) else { continue }
                row.texts[slot] = text
                row.states[slot] = .present
            } else {
                row.numbers[slot] = steps[index].expression.number(from: &row)
            }
        }
    }

    private func appendNumbers(of row: borrowing EventRow, to vector: inout SparseVector) {
        let computed = self.numbers.span
        let numbers = row.numbers.span
        vector.append(atMost: computed.count) { indices, values in
            for place in computed.indices {
                let value = numbers[computed[place].slot]
                guard !value.isNaN else { continue }
                indices.append(computed[place].index)
                values.append(value)
            }
        }
    }

    private mutating func appendCategories(
        of row: borrowing EventRow, to vector: inout SparseVector
    ) {
        for category in plan.categories {
            guard let hash = category.hash(row) else { continue }
            let index = plan.space.index(block: category.block, hash: hash)
            collisions.observe(hash, at: index)
            vector.append(index, 1)
        }
    }
}

extension FeaturePlan.Category {
    /// The hash of the category's values together; nil when one is missing.
    func hash(_ row: borrowing EventRow) -> UInt64? {
        var hash = seed
        for (index, slot) in slots.enumerated() {
            guard row.states[slot] == .present else { return nil }
            hash =
                areTexts[index]
                ? StableHash.of(row.textBytes(row.texts[slot]), seed: hash)
                : StableHash.mix(hash ^ StableHash.mix(UInt64(bitPattern: row.integers[slot])))
        }
        return hash
    }
}
