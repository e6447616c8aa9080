public import Sparse

extension SparseModel {
    /// What each entry of a vector adds to its margin, in the vector's order; 0 for one without a
    /// weight. About 1 ns an entry.
    ///
    /// - Precondition: `contributions` holds at least `vector.count` numbers.
    public func contributions(
        of vector: borrowing SparseVector, into contributions: inout [Double]
    ) {
        let indices = vector.indices.span
        let values = vector.values.span
        let places = places.span
        let entries = entries.span
        var contributions = contributions.mutableSpan
        for k in indices.indices {
            let place = places[Int(indices[k])]
            contributions[k] =
                place > 0 ? entries[Int(place) - 1].contribution(of: values[k]) : 0
        }
    }

    /// How many indices of a range carry a weight. O(range).
    public func nonZeroCount(in indices: Range<Int>) -> Int {
        places[indices].count { $0 > 0 }
    }
}
