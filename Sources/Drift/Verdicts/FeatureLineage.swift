/// What the definitions of features say of the names that their changes may have. Features that it
/// does not know are plain values of an event.
public struct FeatureLineage: Equatable, Sendable {
    /// What one feature is made of.
    public struct Origin: Equatable, Sendable {
        /// Whether it is the hour of a time.
        public var isHour = false
        /// Whether it is made of past events: a change of the events shows in it bit by bit.
        public var isDerived = false
        /// Fields of events that it is computed from, directly or through other features.
        public var fields: Set<String> = []
        /// How much event time it takes until it is made of as much as ever, milliseconds.
        public var reachMillis: Int64 = 0

        public init() {}
    }

    /// By feature.
    public var origins: [String: Origin]

    public init(_ origins: [String: Origin] = [:]) { self.origins = origins }

    func origin(of feature: String) -> Origin { origins[feature] ?? Origin() }

    /// Features that were not yet made of as much as ever so long after the first event.
    func unsettled(after millis: Int64) -> Set<String> {
        Set(origins.filter { $0.value.reachMillis > millis }.keys)
    }

    /// Since when a feature is as it will be, as far as changes are accepted: of itself, or of a
    /// feature whose fields it follows; nil where none is.
    func settled(_ feature: String, by accepted: [String: Int64]) -> Int64? {
        let own = origin(of: feature)
        return accepted.filter { changed, _ in
            changed == feature
                || own.isDerived && !origin(of: changed).fields.isDisjoint(with: own.fields)
        }.values.max()
    }
}
