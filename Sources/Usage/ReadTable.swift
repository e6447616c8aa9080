/// Who reads which features from outside, by consumer and feature.
///
/// No fold of the log, as readers leave nothing in it: after a crash, reads since the newest
/// snapshot are forgotten. Bounded: of consumers beyond `consumersMax`, reads are counted under
/// `otherName`; 24 bytes a consumer and feature.
public struct ReadTable: Equatable, Sendable {
    /// Consumers that are counted apart.
    public static let consumersMax = 64
    /// The longest name of a consumer, in bytes.
    public static let nameBytesMax = 128
    /// The consumers that there was no room for.
    public static let otherName = "other"

    struct Consumer: Equatable, Sendable {
        let name: String
        /// By the feature's place among those declared; nil for those it never read.
        var features: [ReadCounts?] = []
    }

    private(set) var consumers: [Consumer] = []

    init() {}

    /// - Precondition: names differ, and there are no more than `consumersMax` and the other one.
    init(_ consumers: [Consumer]) { self.consumers = consumers }

    /// Counts reads of features, each of so many entities.
    ///
    /// - Parameter features: their places among those declared.
    public mutating func note(
        _ reads: Int, of features: [Int], by consumer: String, atMillis time: Int64
    ) {
        guard reads > 0 else { return }
        let place = place(of: consumer)
        let width = (features.max() ?? -1) + 1
        let missing = width - consumers[place].features.count
        if missing > 0 {
            consumers[place].features += Array(repeating: nil, count: missing)
        }
        let counts = ReadCounts(reads: UInt64(reads), firstMillis: time, lastMillis: time)
        for feature in features {
            if consumers[place].features[feature]?.merge(counts) == nil {
                consumers[place].features[feature] = counts
            }
        }
    }

    private mutating func place(of consumer: String) -> Int {
        if let known = consumers.firstIndex(where: { $0.name == consumer }) { return known }
        let name = consumers.count < Self.consumersMax ? consumer : Self.otherName
        if let other = consumers.firstIndex(where: { $0.name == name }) { return other }
        consumers.append(Consumer(name: name))
        return consumers.count - 1
    }

    /// Who has read a feature, in the order in which they came.
    ///
    /// - Parameter feature: its place among those declared.
    public func readers(of feature: Int) -> [(consumer: String, counts: ReadCounts)] {
        consumers.compactMap { consumer in
            guard feature < consumer.features.count, let counts = consumer.features[feature]
            else { return nil }
            return (consumer.name, counts)
        }
    }
}
