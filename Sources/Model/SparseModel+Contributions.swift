public import Sparse

extension SparseModel {
    /// The margin, and what each entry of the vector adds to it, in the vector's order; 0 for one
    /// without a weight. About 1 ns an entry; allocates for a vector longer than all before.
    ///
    /// - Parameter contributions: the first `vector.count` numbers are filled.
    /// - Returns: the same as `margin(of:)`.
    public func margin(
        of vector: borrowing SparseVector, contributions: inout [Double]
    ) -> Double {
        if contributions.count < vector.count {
            contributions = Array(repeating: 0, count: vector.count)
        }
        let indices = vector.indices.span
        let values = vector.values.span
        let places = places.span
        let entries = entries.span
        var contributions = contributions.mutableSpan
        var margin = intercept
        for k in indices.indices {
            let place = places[Int(indices[k])]
            guard place > 0 else {
                contributions[k] = 0
                continue
            }
            let contribution = entries[Int(place) - 1].contribution(of: values[k])
            contributions[k] = contribution
            margin += contribution
        }
        return Self.finite(margin, otherwise: intercept)
    }

    /// How many indices of a range carry a weight. O(range).
    public func nonZeroCount(in indices: Range<Int>) -> Int {
        places[indices].count { $0 > 0 }
    }
}
