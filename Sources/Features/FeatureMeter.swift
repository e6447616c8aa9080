internal import Bytes
public import Events
internal import Glibc
internal import Model

/// What evaluating single features costs, from a sample of events.
///
/// Every evaluation is repeated, so that the clock's own cost is small beside it. So caches are
/// warm: waiting for memory is not in it, and neither is moving windows, which features share.
public struct FeatureMeter: Sendable {
    /// Nanoseconds of one evaluation.
    public struct Cost: Equatable, Sendable {
        public private(set) var samples = 0
        /// The mean over the samples.
        public private(set) var nanos = 0.0
        private var squares = 0.0

        public init() {}

        /// The standard error of `nanos`; nil for fewer than two samples.
        public var standardError: Double? {
            guard samples > 1 else { return nil }
            return (squares / Double(samples - 1) / Double(samples)).squareRoot()
        }

        /// Both samples together (Chan, Golub, LeVeque 1983).
        public mutating func merge(_ other: Cost) {
            let total = samples + other.samples
            guard total > 0 else { return }
            let off = other.nanos - nanos
            let share = Double(other.samples) / Double(total)
            squares += other.squares + off * off * Double(samples) * share
            nanos += off * share
            samples = total
        }

        mutating func note(_ value: Double) {
            samples += 1
            let off = value - nanos
            nanos += off / Double(samples)
            squares += off * (value - nanos)
        }
    }

    /// Evaluations of one feature in one sampled event.
    static let repeats = 64

    private let names: [String: Int]
    private let placesOfSlots: [Int?]
    private var costs: [Cost]
    /// Takes hashes, so that they are made.
    var mixed: UInt64 = 0

    /// - Parameter plan: of the state that is measured.
    public init(plan: FeaturePlan) {
        var names: [String: Int] = [:]
        var places: [Int?] = Array(repeating: nil, count: plan.slotCount)
        for (place, feature) in plan.features.enumerated() {
            names[feature.name] = place
            if let slot = feature.slot { places[slot] = place }
        }
        self.names = names
        placesOfSlots = places
        costs = Array(repeating: Cost(), count: plan.features.count)
    }

    /// What a feature costs by itself; nil for one that was not evaluated in a sampled event.
    public func cost(of feature: String) -> Cost? {
        guard let place = names[feature], costs[place].samples > 0 else { return nil }
        return costs[place]
    }

    /// The cheapest clock there is; asking for the thread's own time takes longer than evaluating.
    static var nanos: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What the clock itself costs is taken off.
    mutating func note(slot: Int, since start: Int64, clockNanos: Int64) {
        guard let place = placesOfSlots[slot] else { return }
        note(place, Self.nanos - start - clockNanos)
    }

    mutating func note(feature name: String, since start: Int64, clockNanos: Int64) {
        guard let place = names[name] else { return }
        note(place, Self.nanos - start - clockNanos)
    }

    private mutating func note(_ place: Int, _ nanos: Int64) {
        costs[place].note(Double(max(0, nanos)) / Double(Self.repeats))
    }

    /// Nanoseconds of asking for the time, now.
    static var clockNanos: Int64 {
        let start = nanos
        return nanos - start
    }
}

extension FeatureState {
    /// Evaluates each feature of the event stepped last over and over, and notes what that takes.
    /// The windows stand at the event, so that nothing changes; an event that came late is passed
    /// over.
    ///
    /// - Parameter row: as `step` left it, and left so.
    public mutating func measure(row: inout EventRow, into meter: inout FeatureMeter) {
        let time = Int64(row.numbers[plan.timeSlot])
        let clock = FeatureMeter.clockNanos
        Self.measure(beforeWindows, on: &row, into: &meter, clockNanos: clock)
        for type in entities.indices {
            entities[type].table.measure(
                key: entities[type].key(in: row), at: time, row: &row, into: &meter,
                clockNanos: clock)
        }
        Self.measure(afterWindows, on: &row, into: &meter, clockNanos: clock)
        for category in plan.categories {
            let name = plan.inputs[plan.space.numericCount + category.block]
            let start = FeatureMeter.nanos
            for _ in 0..<FeatureMeter.repeats { meter.mixed &+= category.hash(row) ?? 1 }
            meter.note(feature: name, since: start, clockNanos: clock)
        }
    }

    private static func measure(
        _ steps: borrowing FixedArray<FeaturePlan.Step>, on row: inout EventRow,
        into meter: inout FeatureMeter, clockNanos: Int64
    ) {
        for index in steps.indices where !steps[index].isText {
            let slot = steps[index].slot
            let start = FeatureMeter.nanos
            for _ in 0..<FeatureMeter.repeats {
                row.numbers[slot] = steps[index].expression.number(from: &row)
            }
            meter.note(slot: slot, since: start, clockNanos: clockNanos)
        }
    }
}

extension EntityTable {
    /// Reads the entity's features over and over; a reading that must not see the event is made as
    /// if it might.
    fileprivate mutating func measure(
        key: UInt64, at time: Int64, row: inout EventRow, into meter: inout FeatureMeter,
        clockNanos: Int64
    ) {
        let entity = index[key]
        guard entity != Self.noRow, self.time(entity, EntityPlan.referenceWord) == time else {
            return
        }
        for place in readingsBefore.indices {
            measure(readingsBefore[place], of: entity, at: time, &row, &meter, clockNanos)
        }
        for place in readingsAfter.indices {
            measure(readingsAfter[place], of: entity, at: time, &row, &meter, clockNanos)
        }
    }

    private mutating func measure(
        _ reading: EntityPlan.Reading, of entity: UInt32, at time: Int64, _ row: inout EventRow,
        _ meter: inout FeatureMeter, _ clockNanos: Int64
    ) {
        let known = row.numbers[reading.slot]
        let start = FeatureMeter.nanos
        for _ in 0..<FeatureMeter.repeats { readAgain(reading, of: entity, at: time, &row) }
        meter.note(slot: reading.slot, since: start, clockNanos: clockNanos)
        row.numbers[reading.slot] = known
    }

    /// Not inlined, lest readings of one value become one.
    @inline(never)
    private mutating func readAgain(
        _ reading: EntityPlan.Reading, of entity: UInt32, at time: Int64, _ row: inout EventRow
    ) {
        read(reading, of: entity, at: time, into: &row)
    }
}
