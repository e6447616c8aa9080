/// Precision among the entities that a day's alerts would name: the `k` of highest score each day.
///
/// An entity's score and label of a day are the highest of its events that day. This is the card
/// precision@k of the Fraud Detection Handbook (Le Borgne et al. 2022, chapter 4): with `found`
/// `.leave`, an entity that was among a day's top and positive is checked no more on later days.
public struct TopPrecision: Sendable {
    /// What happens to an entity once it was rightly named.
    public enum Found: Sendable {
        case leave, stay
    }

    private struct Best {
        var score: Double
        var label: Double
    }

    private var days: [Int64: [UInt64: Best]] = [:]

    public init() {}

    public mutating func append(day: Int64, entity: UInt64, score: Double, label: Double) {
        let best = Best(score: score, label: label)
        let before = days[day, default: [:]][entity] ?? best
        days[day, default: [:]][entity] = Best(
            score: max(before.score, score), label: max(before.label, label))
    }

    /// Mean over the days of (positive entities among the top `k`) / `k`. Equal scores rank by
    /// entity. Nil without a day.
    public func precision(atTop k: Int, found: Found = .leave) -> Double? {
        precondition(k > 0, "top \(k)")
        guard !days.isEmpty else { return nil }
        var left: Set<UInt64> = []
        var sum = 0.0
        for day in days.keys.sorted() {
            let ranked = (days[day] ?? [:]).filter { !left.contains($0.key) }.sorted {
                ($1.value.score, $0.key) < ($0.value.score, $1.key)
            }
            let hits = ranked.prefix(k).filter { $0.value.label > 0.5 }
            sum += Double(hits.count) / Double(k)
            if found == .leave { left.formUnion(hits.map(\.key)) }
        }
        return sum / Double(days.count)
    }
}
