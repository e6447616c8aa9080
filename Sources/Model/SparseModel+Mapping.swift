extension SparseModel {
    /// The same weights in another feature space; those whose index has no place there are left
    /// out. O(width of the space).
    ///
    /// - Parameter place: the index in `space` of an index here; nil for none.
    public func mapped(
        to space: FeatureSpace, _ place: (UInt32) -> UInt32?
    ) -> SparseModel {
        var mapped = SparseModel(
            space: space, loss: loss, version: version, intercept: intercept, bound: bound)
        mapped.baseline = baseline
        for entry in entries {
            guard let index = place(entry.index), Int(index) < space.width else { continue }
            var moved = entry
            moved.index = index
            mapped.entries.append(moved)
            mapped.places[Int(index)] = UInt32(mapped.entries.count)
        }
        return mapped
    }
}
