/// How often each category came, as the counts of a frequent-items summary give it.
public struct CategoryCounts: Equatable, Sendable {
    /// One category and its estimated count.
    public struct Entry: Equatable, Sendable {
        public var name: String
        public var count: Double

        public init(name: String, count: Double) {
            self.name = name
            self.count = count
        }
    }

    /// The most frequent first; of equal counts by name.
    public let entries: [Entry]
    /// All events, those of categories not listed included.
    public let total: Double
    /// The largest error of one count.
    public let countError: Double

    public init(_ entries: [Entry], total: Double, countError: Double = 0) {
        self.entries = entries.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        self.total = max(total, entries.reduce(0) { $0 + $1.count })
        self.countError = countError
    }

    /// An exact count of the texts.
    public init(exactly texts: [String]) {
        var counts: [String: Double] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        self.init(
            counts.map { Entry(name: $0.key, count: $0.value) }, total: Double(texts.count))
    }

    /// Whether every category is listed.
    private var isComplete: Bool { entries.reduce(0) { $0 + $1.count } >= total }

    /// Events of categories that an earlier span did not have, as far as this one lists them; nil
    /// where that one does not list all that it had. O(n).
    func unseen(since earlier: CategoryCounts) -> Double? {
        guard earlier.isComplete else { return nil }
        let known = Set(earlier.entries.map(\.name))
        return entries.reduce(0) { known.contains($1.name) ? $0 : $0 + $1.count }
    }
}

extension BinnedShares {
    /// A bin for each of the baseline's `binsMax` most frequent categories, and one for the rest.
    public init(_ baseline: CategoryCounts, _ window: CategoryCounts, binsMax: Int = 100) {
        let names = baseline.entries.prefix(binsMax).map(\.name)
        let places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        func shares(_ counts: CategoryCounts) -> [Double] {
            var shares = Array(repeating: 0.0, count: names.count + 1)
            guard counts.total > 0 else { return shares }
            for entry in counts.entries {
                if let place = places[entry.name] { shares[place] += entry.count / counts.total }
            }
            shares[names.count] = max(0, 1 - shares.dropLast().reduce(0, +))
            return shares
        }
        func error(_ counts: CategoryCounts) -> Double {
            counts.total > 0 ? counts.countError / counts.total : 0
        }
        self.init(
            baseline: shares(baseline), window: shares(window),
            shareError: max(error(baseline), error(window)))
    }
}
