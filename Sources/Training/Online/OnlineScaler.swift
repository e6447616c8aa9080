public import Model
public import Sparse

/// Running mean and variance of each numeric feature (Welford 1962, in the weighted form of West
/// 1979). Missing values are left out.
public struct OnlineScaler: Sendable {
    struct Moments: BitwiseCopyable {
        var weight = 0.0
        var mean = 0.0
        /// Σ weight (x - mean)².
        var squares = 0.0
    }

    /// A value beyond ± this is taken as this, so that squares stay finite whatever the input.
    static let valueMax = 1e100

    var moments: [Moments]

    public init(numericCount: Int) {
        moments = Array(repeating: Moments(), count: numericCount)
    }

    public var numericCount: Int { moments.count }

    /// Adds one value to a feature's statistics, unless it is missing (NaN, infinite).
    public mutating func observe(_ value: Double, at index: Int, weight: Double = 1) {
        guard value.isFinite else { return }
        moments[index].add(max(-Self.valueMax, min(Self.valueMax, value)), weight: weight)
    }

    /// Adds the numeric values of a vector, and appends the standardised vector: numeric values by
    /// their statistics with this one included, others as they are, all within `-bound…bound`.
    /// Missing values are left out.
    public mutating func observe(
        _ vector: borrowing SparseVector, weight: Double,
        standardizingInto standardized: inout SparseVector, bound: Double
    ) {
        let indices = vector.indices.span
        let values = vector.values.span
        var moments = moments.mutableSpan
        standardized.append(atMost: indices.count) { newIndices, newValues in
            for k in indices.indices where values[k].isFinite {
                let index = Int(indices[k])
                newIndices.append(indices[k])
                guard index < moments.count else {
                    newValues.append(max(-bound, min(bound, values[k])))
                    continue
                }
                let value = max(-Self.valueMax, min(Self.valueMax, values[k]))
                moments[index].add(value, weight: weight)
                newValues.append(
                    moments[index].standardization.standardized(values[k], bound: bound))
            }
        }
    }

    /// Mean and standard deviation (divisor n) so far; scale 0 until two values differed.
    public func standardization(at index: Int) -> Standardization {
        moments[index].standardization
    }
}

extension OnlineScaler.Moments {
    @inline(__always)
    mutating func add(_ value: Double, weight added: Double) {
        weight += added
        let distance = value - mean
        mean += distance * (added / weight)
        squares += added * distance * (value - mean)
    }

    @inline(__always)
    var standardization: Standardization {
        guard weight > 0 else { return Standardization(mean: 0, scale: 0) }
        return Standardization(mean: mean, scale: (squares / weight).squareRoot())
    }
}
