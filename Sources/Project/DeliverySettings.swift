/// How outputs are delivered, and how state is kept for the next start.
public struct DeliverySettings: Equatable, Sendable {
    /// What a consumer of the outputs may rely on.
    public enum Guarantee: String, CaseIterable, Sendable {
        /// None is lost; one may come twice, with the same bytes.
        case atLeastOnce = "at-least-once"
        /// A consumer that reads committed records only sees each once.
        case exactlyOnce = "exactly-once"
    }

    public var guarantee = Guarantee.atLeastOnce
    /// How often offsets, or transactions, are committed; nil for what suits the guarantee.
    public var commitMillis: Int64?
    /// The directory of the snapshots; nil keeps none, and a restart reads the whole journal.
    public var snapshots: String?
    /// Whether snapshots are sent to a topic besides, for other machines.
    public var sharesSnapshots = false
    /// How often a snapshot is begun.
    public var snapshotMillis: Int64 = 60_000

    enum Key: String, CaseIterable {
        case guarantee, commit, snapshots, snapshotTopic, snapshotEvery
    }

    private static let commitMillisMin: Int64 = 10
    private static let snapshotMillisMin: Int64 = 1_000

    init(_ node: YAMLNode?, _ problems: inout Problems) {
        guard let node, let section = Section<Key>(node, "delivery", &problems) else { return }
        guarantee = section[.guarantee]?.choice(Guarantee.self, &problems) ?? guarantee
        commitMillis = section[.commit]?.duration(atLeast: Self.commitMillisMin, &problems)
        snapshots = section[.snapshots]?.text("the directory of the snapshots", &problems)
        sharesSnapshots = section[.snapshotTopic]?.bool(&problems) ?? sharesSnapshots
        if sharesSnapshots, snapshots == nil, let place = section[.snapshotTopic]?.position {
            problems.add(
                at: place, found: "`snapshotTopic` without `snapshots`",
                expected: "`snapshots: DIRECTORY`, where they are written before they are sent")
        }
        snapshotMillis =
            section[.snapshotEvery]?.duration(atLeast: Self.snapshotMillisMin, &problems)
            ?? snapshotMillis
    }
}
