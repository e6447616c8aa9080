import Foundation

@testable import Features

/// The slower truth: all events of all entities in plain lists, every feature computed by walking them.
struct NaiveWindows {
    struct Event {
        var time: Int64
        var ordinal: UInt64
        var value: Double
        var text: String?
        var label = Double.nan
    }

    private var events: [UInt64: [Event]] = [:]

    /// Puts the event behind all of its entity that are not younger, and returns the features it sees.
    mutating func observe(
        key: UInt64, _ event: Event, _ aggregates: [Aggregate]
    ) -> [Double] {
        var list = events[key] ?? []
        let place = list.firstIndex { $0.time > event.time } ?? list.count
        list.insert(event, at: place)
        events[key] = list
        let reference = list.map(\.time).max() ?? event.time
        return aggregates.map { aggregate in
            let counts = list.enumerated().filter { index, other in
                if index == place {
                    return aggregate.delayMillis == 0 && aggregate.includesCurrent
                        && aggregate.function != .timeSinceLast
                }
                if aggregate.windowMillis == nil, isRunningSummary(aggregate.function) { return true }
                let newest = event.time - aggregate.delayMillis
                guard index < place, other.time <= newest else { return false }
                return aggregate.windowMillis.map { other.time > newest - $0 } ?? true
            }
            return value(aggregate, counts.map(\.element), at: event.time, reference: reference)
        }
    }

    mutating func setLabel(_ label: Double, key: UInt64, ordinal: UInt64) {
        guard let index = events[key]?.firstIndex(where: { $0.ordinal == ordinal }) else { return }
        events[key]?[index].label = label
    }

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
        case .lag(let back): result = operands.count > back ? operands[operands.count - 1 - back] : .nan
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
