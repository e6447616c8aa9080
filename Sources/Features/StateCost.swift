/// What one entity type keeps: how much an entity and a retained event take.
public struct StateCost: Equatable, Sendable {
    /// The field by which events are grouped.
    public let entity: String
    /// Bytes of an entity's row: cursors and running sums.
    public let entityBytes: Int
    /// Bytes of a retained event; 0 when none are retained.
    public let eventBytes: Int
}

/// How many entities and events an entity type holds now.
public struct StateCount: Equatable, Sendable {
    public let entity: String
    public let entities: Int
    public let retainedEvents: Int

    public init(entity: String, entities: Int, retainedEvents: Int) {
        self.entity = entity
        self.entities = entities
        self.retainedEvents = retainedEvents
    }
}

extension FeaturePlan {
    /// What each entity type of the plan keeps.
    public var stateCosts: [StateCost] {
        tables.map { table in
            StateCost(
                entity: table.name, entityBytes: table.rowWords * 8,
                eventBytes: table.retainsRows ? 8 * (1 + table.columns.count) + 2 : 0)
        }
    }

    /// Bytes of state that this plan needs and another one does not, for so many entities and
    /// events: windows that both share are no saving. A shorter retention saves more than this.
    public func bytesSaved(by other: FeaturePlan, at counts: [StateCount]) -> Int {
        let others = other.stateCosts
        return stateCosts.reduce(0) { total, cost in
            guard let count = counts.first(where: { $0.entity == cost.entity }) else {
                return total
            }
            let left = others.first { $0.entity == cost.entity }
            let entityBytes = cost.entityBytes - (left?.entityBytes ?? 0)
            let eventBytes = cost.eventBytes - (left?.eventBytes ?? 0)
            return total + count.entities * entityBytes + count.retainedEvents * eventBytes
        }
    }
}

extension FeatureState {
    /// What each entity type holds now.
    public var stateCounts: [StateCount] {
        var counts: [StateCount] = []
        for (type, table) in plan.tables.enumerated() {
            let summary = summary(ofEntityType: type)
            counts.append(
                StateCount(
                    entity: table.name, entities: summary.entities,
                    retainedEvents: summary.retainedEvents))
        }
        return counts
    }
}
