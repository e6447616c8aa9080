import Foundation

@testable import Features

/// The slower truth: all events of all entities in plain lists, every feature computed by walking
/// them.
struct NaiveWindows {
    struct Event {
        var time: Int64
        var ordinal: UInt64
        var value: Double
        var text: String?
        var label = Double.nan
        /// Whether it has left memory: no window holds it, but sums over a whole life do.
        var isGone = false
    }

    /// The limits, with the same meaning as in `FeatureLimits`.
    var entitiesMax = Int.max
    var windowEventsMax = Int.max
    var idleMillis = Int64.max
    /// Events this much older than their entity's newest leave memory, save the last `keptRowsMin`.
    var retentionMillis = Int64.max
    var keptRowsMin = 0

    private(set) var counts = FeatureCounts()
    private var events: [UInt64: [Event]] = [:]

    /// Puts the event behind all of its entity that are not younger, and returns the features it
    /// sees.
    mutating func observe(
        key: UInt64, _ event: Event, _ aggregates: [Aggregate]
    ) -> [Double] {
        admit(key, at: event.time)
        var list = events[key] ?? []
        let newest = list.map(\.time).max() ?? event.time
        let isLate = event.time < newest
        let before = list
        if !isLate { trim(&list, at: event.time) }
        let isRefused = isLate && list.count { !$0.isGone } >= windowEventsMax
        let place = list.firstIndex { $0.time > event.time } ?? list.count
        var seen = list
        seen.insert(event, at: place)
        if isRefused { counts.eventsDropped += 1 } else { list = seen }
        events[key] = list
        return aggregates.map { aggregate in
            // What does not hold the current event is read before room is made for it.
            var seen = seen
            if aggregate.delayMillis == 0, !holdsCurrent(aggregate) {
                for index in before.indices {
                    seen[index < place ? index : index + 1].isGone = before[index].isGone
                }
            }
            let members = seen.enumerated().filter { index, other in
                if index == place { return !isRefused && holdsCurrent(aggregate) }
                if aggregate.windowMillis == nil, isRunningSummary(aggregate.function) {
                    return true
                }
                let newest = event.time - aggregate.delayMillis
                guard index < place, other.time <= newest, !other.isGone else { return false }
                return aggregate.windowMillis.map { other.time > newest - $0 } ?? true
            }
            return value(
                aggregate, members.map(\.element), at: event.time,
                reference: max(newest, event.time))
        }
    }

    mutating func setLabel(_ label: Double, key: UInt64, ordinal: UInt64) {
        guard
            let index = events[key]?.firstIndex(where: { $0.ordinal == ordinal && !$0.isGone })
        else { return }
        events[key]?[index].label = label
    }

    private func holdsCurrent(_ aggregate: Aggregate) -> Bool {
        aggregate.delayMillis == 0 && aggregate.includesCurrent
            && aggregate.function != .timeSinceLast
    }

    // MARK: Limits

    private func newest(_ key: UInt64) -> Int64 { events[key]?.map(\.time).max() ?? .min }

    /// Forgets an entity that comes back after too long, and the longest idle one if a new one
    /// needs its place.
    private mutating func admit(_ key: UInt64, at time: Int64) {
        if events[key] != nil, time - newest(key) > idleMillis { events[key] = nil }
        guard events[key] == nil, events.count >= entitiesMax else { return }
        let oldest = events.keys.min { newest($0) < newest($1) }
        if let oldest { events[oldest] = nil }
        counts.entitiesEvicted += 1
    }

    private mutating func trim(_ list: inout [Event], at time: Int64) {
        var kept = list.indices.filter { !list[$0].isGone }[...]
        while kept.count > keptRowsMin, retentionMillis < .max, let first = kept.first,
            list[first].time <= time - retentionMillis
        {
            list[kept.removeFirst()].isGone = true
        }
        while kept.count >= windowEventsMax {
            list[kept.removeFirst()].isGone = true
            counts.eventsDropped += 1
        }
    }

    // MARK: Values

    /// What has no window keeps one summary, which a late event sees as of the newest event.
    private func isRunningSummary(_ function: Aggregate.Function) -> Bool {
        switch function {
        case .first, .last, .lag, .distinct, .timeSinceLast: false
        default: true
        }
    }

    private func value(
        _ aggregate: Aggregate, _ members: [Event], at time: Int64, reference: Int64
    ) -> Double {
        let operands: [Double] = members.map { event in
            switch aggregate.operand {
            case .event: 1
            case .label: event.label
            case .expression("text"): event.text.map { Double($0.hashValue) } ?? .nan
            case .expression: event.value
            }
        }
        let known = operands.filter { !$0.isNaN }
        let result: Double
        switch aggregate.function {
        case .count: result = Double(known.count)
        case .sum: result = known.reduce(0, +)
        case .mean: result = known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
        case .min: result = known.min() ?? .nan
        case .max: result = known.max() ?? .nan
        case .variance: result = variance(known)
        case .stddev: result = variance(known).squareRoot()
        case .first: result = known.first ?? .nan
        case .last: result = operands.last ?? .nan
        case .lag(let back):
            result = operands.count > back ? operands[operands.count - 1 - back] : .nan
        case .distinct: result = Double(Set(known).count)
        case .timeSinceLast: result = members.last.map { Double(time - $0.time) } ?? .nan
        case .decayedCount(let half): result = decayed(members, operands, half, reference).count
        case .decayedSum(let half): result = decayed(members, operands, half, reference).sum
        case .decayedMean(let half):
            let (sum, count) = decayed(members, operands, half, reference)
            result = count > 0 ? sum / count : .nan
        }
        return result.isNaN ? aggregate.otherwise : result
    }

    private func variance(_ values: [Double]) -> Double {
        guard values.count > 1 else { return .nan }
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }

    private func decayed(
        _ members: [Event], _ operands: [Double], _ half: Int64, _ reference: Int64
    ) -> (sum: Double, count: Double) {
        var (sum, count) = (0.0, 0.0)
        for (event, value) in zip(members, operands) where !value.isNaN {
            let weight = pow(0.5, Double(reference - event.time) / Double(half))
            sum += weight * value
            count += weight
        }
        return (sum, count)
    }
}
