/// A weighted sample in ascending order, as the sorted view of a quantile sketch gives it, and how
/// far its ranks may be off.
///
/// The share of the weight at or below x is a step function, right-continuous, exact to
/// `rankError`. Memory: 16 bytes a step.
public struct Distribution: Equatable, Sendable {
    /// Strictly ascending, finite.
    public let values: [Double]
    /// The weight at or below each value; strictly ascending, the last is `weight`.
    public let cumulative: [Double]
    /// The largest error of `share(atOrBelow:)` that the sketch promises, 0…1; 0 for an exact
    /// sample.
    public let rankError: Double

    /// A distribution of no values.
    public static let empty = Distribution(exactly: [])

    /// An exact sample in any order; what is not finite is left out. O(n log n).
    public init(exactly sample: [Double]) {
        let sorted = sample.filter(\.isFinite).sorted()
        self.init(
            ascending: sorted, weights: Array(repeating: 1, count: sorted.count), rankError: 0)
    }

    /// Equal neighbours become one step; a value without a positive weight is left out. O(n).
    ///
    /// - Precondition: as many weights as values; values finite and not descending.
    public init(ascending sample: [Double], weights: [Double], rankError: Double) {
        precondition(
            sample.count == weights.count, "\(sample.count) values, \(weights.count) weights")
        var values: [Double] = []
        var cumulative: [Double] = []
        values.reserveCapacity(sample.count)
        cumulative.reserveCapacity(sample.count)
        var total = 0.0
        for place in sample.indices where weights[place] > 0 {
            total += weights[place]
            if let last = values.last {
                precondition(last <= sample[place], "\(sample[place]) after \(last)")
                if last == sample[place] {
                    cumulative[cumulative.count - 1] = total
                    continue
                }
            }
            values.append(sample[place])
            cumulative.append(total)
        }
        self.values = values
        self.cumulative = cumulative
        self.rankError = min(1, max(0, rankError))
    }

    /// The whole weight; 0 for an empty distribution.
    public var weight: Double { cumulative.last ?? 0 }

    public var isEmpty: Bool { values.isEmpty }

    /// The share of the weight at or below `x`, 0…1; 0 for an empty distribution. O(log n).
    public func share(atOrBelow x: Double) -> Double {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= x { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : cumulative[low - 1] / weight
    }

    /// The smallest value at or below which lies `share` of the weight; nil if empty. O(log n).
    public func quantile(_ share: Double) -> Double? {
        let target = share * weight
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] < target { low = middle + 1 } else { high = middle }
        }
        return values.isEmpty ? nil : values[min(low, values.count - 1)]
    }

    public var median: Double? { quantile(0.5) }

    /// The weight of the step at a place.
    func weight(at place: Int) -> Double {
        place == 0 ? cumulative[0] : cumulative[place] - cumulative[place - 1]
    }

    /// The same law in at most `2 · parts` steps: neighbours are taken together up to `1 / parts`
    /// of the weight, at their median; what weighs more by itself stays as it is. O(n).
    ///
    /// - Error: the shares are off by `1 / parts` more at most, which `rankError` tells exactly.
    public func coarsened(parts: Int) -> Distribution {
        guard values.count > 2 * parts else { return self }
        let limit = weight / Double(parts)
        var medians: [Double] = []
        var weights: [Double] = []
        var moved = 0.0
        var first = 0
        var before = 0.0
        while first < values.count {
            var last = first
            while last + 1 < values.count, cumulative[last + 1] - before <= limit { last += 1 }
            var median = first
            while cumulative[median] - before < cumulative[last] - cumulative[median] {
                median += 1
            }
            medians.append(values[median])
            weights.append(cumulative[last] - before)
            let below = cumulative[median] - weight(at: median) - before
            moved = max(moved, below, cumulative[last] - cumulative[median])
            (first, before) = (last + 1, cumulative[last])
        }
        return Distribution(
            ascending: medians, weights: weights, rankError: rankError + moved / weight)
    }

    /// The distribution of `factor · x` of the same weights. O(n).
    func scaled(by factor: Double) -> Distribution {
        let scaled = values.map { $0 * factor }
        let weights = values.indices.map { weight(at: $0) }
        guard factor < 0 else {
            return Distribution(ascending: scaled, weights: weights, rankError: rankError)
        }
        return Distribution(
            ascending: scaled.reversed(), weights: weights.reversed(), rankError: rankError)
    }
}
