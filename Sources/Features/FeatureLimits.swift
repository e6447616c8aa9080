/// What the state of one task may hold, and what happens at each limit.
public struct FeatureLimits: Equatable, Sendable {
    /// Entities of one type; at the limit the longest idle of the next few is evicted, and counted.
    public var entitiesMax = 1_000_000
    /// Retained events of one entity; at the limit its oldest is dropped, and counted.
    public var windowEventsMax = 10_000
    /// Retained events of one entity type; at the limit an idle entity is evicted, or the entity's
    /// own oldest page dropped, and counted.
    public var retainedEventsMax = 50_000_000
    /// How far behind the newest event an event may come and still take its place in time.
    public var latenessMillis: Int64 = 60_000
    /// How far an event's time may be ahead of its record's timestamp: one event from the far
    /// future would make all that follow late.
    public var aheadMillis: Int64 = 600_000
    /// An entity without an event for this long is forgotten: its next event finds it new. Never
    /// less than its longest window.
    public var idleMillis: Int64 = 365 * 86_400_000

    public init() {}
}

/// What happened at the limits since the start.
public struct FeatureCounts: Equatable, Sendable {
    public var entities = 0
    public var retainedEvents = 0
    public var stateBytes = 0
    /// Entities that gave way to others at `entitiesMax` or `retainedEventsMax`.
    public var entitiesEvicted: UInt64 = 0
    /// Entities forgotten because they were idle.
    public var entitiesExpired: UInt64 = 0
    /// Events dropped at `windowEventsMax` or `retainedEventsMax` while still inside a window.
    public var eventsDropped: UInt64 = 0
    /// Events that took their place before a newer one.
    public var lateEvents: UInt64 = 0

    public init() {}

    static func += (total: inout FeatureCounts, part: FeatureCounts) {
        total.entities += part.entities
        total.retainedEvents += part.retainedEvents
        total.stateBytes += part.stateBytes
        total.entitiesEvicted += part.entitiesEvicted
        total.entitiesExpired += part.entitiesExpired
        total.eventsDropped += part.eventsDropped
        total.lateEvents += part.lateEvents
    }
}
