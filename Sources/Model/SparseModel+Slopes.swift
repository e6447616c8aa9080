extension SparseModel {
    /// What one unit of a numeric feature moves the margin by, and the value at which it moves
    /// nothing.
    public struct Slope: Equatable, Sendable {
        public var slope: Double
        public var center: Double
    }

    /// Nil for an index that weighs nothing.
    public func slope(at index: UInt32) -> Slope? {
        guard Int(index) < places.count, places[Int(index)] > 0 else { return nil }
        let entry = entries[Int(places[Int(index)]) - 1]
        return Slope(slope: entry.slope, center: entry.mean)
    }
}
