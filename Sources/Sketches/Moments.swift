/// Count, mean and central moments up to the fourth of finite numbers, with least and greatest.
///
/// One pass, updated and merged by Pébay's formulas (Pébay 2008, "Formulas for robust, one-pass
/// parallel computation of covariances and arbitrary-order statistical moments", SAND2008-6212,
/// eq. 2.1 to 2.5), of which Welford's are the first two. Exact but for rounding: relative errors
/// are a few 1e-16 times `1 + |mean| / stddev`, whatever the order and grouping. Fourth powers
/// overflow beyond ±1e77: then kurtosis, and beyond ±1e154 also variance and skewness, are not
/// numbers.
///
/// 56 bytes. About 10 ns a value alone, 1 ns in batches.
public struct Moments: Sketch {
    public internal(set) var count: UInt64 = 0
    /// The least value; infinity when empty.
    public internal(set) var min = Double.infinity
    /// The greatest value; -infinity when empty.
    public internal(set) var max = -Double.infinity
    var center = 0.0
    /// Sums of squares, cubes and fourth powers of the distances from the mean.
    var squares = 0.0
    var cubes = 0.0
    var quarts = 0.0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    public var byteCountMax: Int { MemoryLayout<Self>.size }

    public mutating func removeAll() { self = Moments() }

    /// Takes in one value, which must be finite.
    public mutating func insert(_ value: Double) {
        assert(value.isFinite, "\(value)")
        var one = Moments()
        (one.count, one.min, one.max, one.center) = (1, value, value, value)
        merge(one)
    }

    /// Takes in a batch of finite values: two passes over it, then one merge.
    public mutating func insert(_ values: Span<Double>) {
        guard !values.isEmpty else { return }
        var batch = Moments()
        let divisor = 1 / Double(values.count)
        var sum = 0.0
        for index in values.indices {
            let value = values[index]
            sum += value
            batch.min = value < batch.min ? value : batch.min
            batch.max = value > batch.max ? value : batch.max
        }
        let mean = sum * divisor
        var rest = 0.0
        for index in values.indices {
            let distance = values[index] - mean
            let square = distance * distance
            rest += distance
            batch.squares += square
            batch.cubes += square * distance
            batch.quarts += square * square
        }
        batch.count = UInt64(values.count)
        batch.center = mean + (rest.isFinite ? rest * divisor : 0)
        merge(batch)
    }

    /// Combines both by Pébay's pairwise formulas. About 10 ns.
    public mutating func merge(_ other: borrowing Moments) {
        guard other.count > 0 else { return }
        guard count > 0 else { return self = copy other }
        let (a, b) = (Double(count), Double(other.count))
        let total = a + b
        let delta = other.center - center
        let (partA, partB) = (a / total, b / total)
        let spread = delta * delta * partA * b
        quarts +=
            other.quarts + spread * delta * delta * (partA * partA - partA * partB + partB * partB)
            + 6 * delta * delta * (partA * partA * other.squares + partB * partB * squares)
            + 4 * delta * (partA * other.cubes - partB * cubes)
        cubes +=
            other.cubes + spread * delta * (partA - partB)
            + 3 * delta * (partA * other.squares - partB * squares)
        squares += other.squares + spread
        center = a >= b ? center + delta * partB : other.center - delta * partA
        count += other.count
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
    }
}

extension Moments {
    /// The mean; NaN when empty.
    public var mean: Double { count > 0 ? center : .nan }

    public var sum: Double { Double(count) * center }

    /// The sample variance, with divisor `count - 1`; NaN below two values.
    public var variance: Double { count > 1 ? squares / Double(count - 1) : .nan }

    /// `√n · M3 / M2^1.5`, the population's; NaN when all values are equal.
    public var skewness: Double {
        squares > 0 ? Double(count).squareRoot() * cubes / (squares * squares.squareRoot()) : .nan
    }

    /// `n · M4 / M2² - 3`, the population's excess (0 for a normal distribution); NaN when all
    /// values are equal.
    public var kurtosis: Double {
        squares > 0 ? Double(count) * quarts / (squares * squares) - 3 : .nan
    }
}
