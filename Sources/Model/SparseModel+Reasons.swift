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
/// score.
public struct Reasons: Sendable {
    public let limit: Int
    /// Largest absolute contribution first; among equals the smaller index.
    public private(set) var ranked: [Reason] = []

    public init(limit: Int) {
        precondition(limit >= 0, "limit \(limit)")
        self.limit = limit
        ranked.reserveCapacity(limit + 1)
    }

    /// What is smaller than this ranks below all.
    var floor: Double {
        guard ranked.count == limit else { return 0 }
        return ranked.last.map { abs($0.contribution) } ?? .infinity
    }

    mutating func removeAll() { ranked.removeAll(keepingCapacity: true) }

    /// O(limit).
    mutating func offer(_ reason: Reason) {
        if ranked.count < limit {
            ranked.append(reason)
        } else {
            guard let last = ranked.last, Self.precedes(reason, last) else { return }
        }
        var place = ranked.count - 1
        var ranked = ranked.mutableSpan
        while place > 0, Self.precedes(reason, ranked[place - 1]) {
            ranked[place] = ranked[place - 1]
            place -= 1
        }
        ranked[place] = reason
    }

    private static func precedes(_ a: Reason, _ b: Reason) -> Bool {
        let (x, y) = (abs(a.contribution), abs(b.contribution))
        return x > y || (x == y && a.index < b.index)
    }
}

extension SparseModel {
    /// Replaces `reasons` by the largest contributions to this vector's margin; those of 0 are
    /// none.
    public func explain(_ vector: borrowing SparseVector, into reasons: inout Reasons) {
        let indices = vector.indices.span
        let values = vector.values.span
        let places = places.span
        let entries = entries.span
        reasons.removeAll()
        var floor = reasons.floor
        for k in indices.indices {
            let place = places[Int(indices[k])]
            guard place > 0 else { continue }
            let contribution = entries[Int(place) - 1].contribution(of: values[k])
            guard contribution != 0, abs(contribution) >= floor else { continue }
            reasons.offer(
                Reason(index: indices[k], value: values[k], contribution: contribution))
            floor = reasons.floor
        }
    }
}
