extension SparseModel {
    /// Sets one weight of the standardised feature. O(1), wherever the weight was and becomes zero.
    ///
    /// A weight that is 0, or whose scale is 0, is not stored.
    /// - Precondition: `index` is in the feature space; weight, mean and scale are finite; scale ≥
    ///   0.
    public mutating func set(
        _ weight: Double, at index: UInt32, _ scaling: Standardization = .identity
    ) {
        let slope = scaling.scale > 0 ? weight / scaling.scale : 0
        guard slope != 0, slope.isFinite else { return remove(index) }
        let entry = Entry(
            slope: slope, mean: scaling.mean, reach: bound * scaling.scale, index: index)
        let place = places[Int(index)]
        if place > 0 {
            entries[Int(place) - 1] = entry
        } else {
            entries.append(entry)
            places[Int(index)] = UInt32(entries.count)
        }
    }

    /// Names the weights as they are now.
    public mutating func publish(version: String, intercept: Double) {
        precondition(intercept.isFinite, "intercept \(intercept)")
        self.version = version
        self.intercept = intercept
    }

    /// The last entry takes the place of the removed one, so entries stay dense.
    private mutating func remove(_ index: UInt32) {
        let place = places[Int(index)]
        guard place > 0 else { return }
        let last = entries.removeLast()
        if last.index != index {
            entries[Int(place) - 1] = last
            places[Int(last.index)] = place
        }
        places[Int(index)] = 0
    }
}
