public import Sparse

/// How far one feature moved a score: `margin = intercept + Σ contribution` over all features.
public struct Reason: Equatable, Sendable, BitwiseCopyable {
    public var index: UInt32
    /// The raw value in the vector.
    public var value: Double
    /// `weight · z`, in units of the margin.
    public var contribution: Double
}

/// The `limit` largest contributions to a score, kept in one buffer that is refilled for every
/// score: largest absolute contribution first; among equals the smaller index.
public struct Reasons: Sendable {
    public let limit: Int
    public private(set) var count = 0
    /// The first `count` are in use.
    private var ranked: [Reason]

    public init(limit: Int) {
        precondition(limit >= 0, "limit \(limit)")
        self.limit = limit
        ranked = Array(repeating: Reason(index: 0, value: 0, contribution: 0), count: limit)
    }

    public var indices: Range<Int> { 0..<count }

    /// - Parameter rank: 0 for the largest contribution.
    public subscript(rank: Int) -> Reason {
        precondition(rank < count, "rank \(rank) of \(count)")
        return ranked[rank]
    }

    /// Replaces all by the largest contributions to a vector's margin; those of 0 are none.
    ///
    /// - Parameter contributions: of `SparseModel.margin(of:contributions:)`.
    public mutating func rank(_ vector: borrowing SparseVector, _ contributions: [Double]) {
        let indices = vector.indices.span
        let values = vector.values.span
        let contributions = contributions.span
        let limit = limit
        var ranked = ranked.mutableSpan
        var count = 0
        // What is smaller than this ranks below all.
        var floor = limit > 0 ? 0 : Double.infinity
        for k in indices.indices {
            let size = abs(contributions[k])
            guard size > 0, size >= floor else { continue }
            let reason = Reason(
                index: indices[k], value: values[k], contribution: contributions[k])
            if count == limit {
                guard Self.precedes(reason, ranked[limit - 1]) else { continue }
            } else {
                count += 1
            }
            var place = count - 1
            while place > 0, Self.precedes(reason, ranked[place - 1]) {
                ranked[place] = ranked[place - 1]
                place -= 1
            }
            ranked[place] = reason
            if count == limit { floor = abs(ranked[limit - 1].contribution) }
        }
        self.count = count
    }

    @inline(__always)
    private static func precedes(_ a: Reason, _ b: Reason) -> Bool {
        let (x, y) = (abs(a.contribution), abs(b.contribution))
        return x > y || (x == y && a.index < b.index)
    }
}
