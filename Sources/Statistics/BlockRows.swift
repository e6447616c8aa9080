/// The rows of a block of events that are of one segment.
struct BlockRows {
    private(set) var places: [UInt16] = []
    /// Whether they are all of the block.
    private(set) var isWhole = false
    /// Those of the latest time among them.
    private(set) var latest: [UInt16] = []
    private(set) var latestMillis = Int64.min

    init() {
        places.reserveCapacity(StatisticsTable.batchEvents)
        latest.reserveCapacity(StatisticsTable.batchEvents)
    }

    var count: Int { places.count }

    /// Chooses those of a segment among the first `count` of the block.
    mutating func choose(
        _ segment: Int, of segments: borrowing [UInt16], times: borrowing [Int64], count: Int
    ) {
        places.removeAll(keepingCapacity: true)
        latest.removeAll(keepingCapacity: true)
        latestMillis = .min
        for row in 0..<count where segments[row] == segment {
            let place = UInt16(truncatingIfNeeded: row)
            places.append(place)
            if times[row] > latestMillis {
                latest.removeAll(keepingCapacity: true)
                latestMillis = times[row]
            }
            if times[row] == latestMillis { latest.append(place) }
        }
        isWhole = places.count == count
    }
}
