public import Events
public import Features
public import Training

/// Bounds on what a project keeps in memory and accepts.
public struct ProjectLimits: Sendable {
    public var features = FeatureLimits()
    public var decoding = DecodeLimits()
    public var pending = PendingLabels.Limits()
    /// What a process of the service may take; nil where nobody says.
    public var memoryBytes: Int?
    /// The keys that the file names: the others may follow from `memoryBytes`.
    public private(set) var given: Set<String> = []

    enum Key: String, CaseIterable {
        case entitiesMax, windowEventsMax, retainedEventsMax, lateness, ahead, idle
        case messageBytesMax, stringBytesMax, depthMax
        case pendingMax, pendingBytesMax, resolvedMax, memory
    }

    private static let memoryBytesMin = 128 << 20

    private static let countLimit = 1_000_000_000
    /// The largest message that Kafka can carry: 2 GiB less a byte.
    private static let messageBytesLimit = Int(Int32.max)

    init(_ node: YAMLNode?, _ problems: inout Problems) {
        guard let node, let section = Section<Key>(node, "limits", &problems) else { return }
        given = Set(section.keys.map(\.rawValue))
        memoryBytes = section[.memory].flatMap {
            $0.byteCount(atLeast: Self.memoryBytesMin, &problems)
        }
        func read(_ key: Key, _ limit: Int, _ value: inout Int) {
            value = section[key].flatMap { $0.integer(in: 1...limit, &problems) } ?? value
        }
        read(.entitiesMax, Self.countLimit, &features.entitiesMax)
        read(.windowEventsMax, Self.countLimit, &features.windowEventsMax)
        read(.retainedEventsMax, Self.countLimit, &features.retainedEventsMax)
        read(.messageBytesMax, Self.messageBytesLimit, &decoding.messageBytesMax)
        read(.stringBytesMax, Self.messageBytesLimit, &decoding.stringBytesMax)
        read(.depthMax, 1_024, &decoding.depthMax)
        read(.pendingMax, Self.countLimit, &pending.pendingMax)
        read(.pendingBytesMax, 1 << 40, &pending.vectorBytesMax)
        read(.resolvedMax, Self.countLimit, &pending.resolvedMax)
        features.latenessMillis =
            section[.lateness].flatMap { $0.duration(atLeast: 0, &problems) }
            ?? features.latenessMillis
        features.aheadMillis =
            section[.ahead].flatMap { $0.duration(atLeast: 0, &problems) }
            ?? features.aheadMillis
        features.idleMillis =
            section[.idle].flatMap { $0.duration(atLeast: 1, &problems) }
            ?? features.idleMillis
    }
}
