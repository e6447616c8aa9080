internal import Glibc

/// Ranks and quantiles of a stream of numbers, by the sketch of Karnin, Lang and Liberty.
///
/// KLL (Karnin, Lang & Liberty 2016, "Optimal quantile approximation in streams"): items of weight
/// `2^h` are kept at level h; a level over its capacity is sorted and every other item, the even or
/// the odd ones by a coin, moves up with twice the weight. A level's capacity is `k (2/3)^d` for
/// the d-th below the top; below the ninth, levels are replaced by a sampler that keeps one of
/// `2^h` values at random (section 3.2 there). The coin is drawn from the sketch's own state.
///
/// - Error: the estimated rank of any one number is off by at most `rankError` of the count with
///   probability 99 %; of all numbers at once (the whole distribution, a Kolmogorov–Smirnov
///   distance), by at most `distributionError`. With k = 200: 1.33 % and 1.65 %. Least and greatest
///   are exact, and so is everything up to k values.
/// - Size: at most `byteCountMax`, 6.5 kB with k = 200, however many values came.
/// - Merging is commutative and associative within that error.
public struct QuantileSketch: Sketch {
    /// Capacity of the top level: accuracy is proportional to it.
    public let k: Int
    public internal(set) var count: UInt64 = 0
    /// The least value, exactly; infinity when empty.
    public internal(set) var min = Double.infinity
    /// The greatest value, exactly; -infinity when empty.
    public internal(set) var max = -Double.infinity
    /// Items of weight `2^shift`, in no order.
    var buffer: [Double] = []
    /// `levels[i]` holds items of weight `2^(shift + 1 + i)`, in no order.
    var levels: [[Double]] = []
    /// log2 of the number of values of which the sampler keeps one.
    var shift = 0
    var sampler = Sampler()
    var coin: UInt64
    /// Items of the buffer at most.
    var bufferCapacity: Int
    /// Items of all levels together at most, between two updates.
    var levelsCapacity = 0

    /// One of each `2^shift` values, each equally likely.
    struct Sampler: Equatable {
        /// The chosen one, or, until that has come, the latest.
        var item = 0.0
        /// Values of the group that have come.
        var seen: UInt64 = 0
        /// The place of the chosen one in its group.
        var chosen: UInt64 = 0
    }

    public static var sizes: ClosedRange<Int> { 8...32_768 }

    /// - Parameter seed: where the coin starts: sketches that are to be merged need not differ.
    /// - Precondition: `k` is in `sizes`.
    public init(k: Int = 200, seed: UInt64 = 0) {
        precondition(Self.sizes.contains(k), "k \(k)")
        self.k = k
        coin = seed
        bufferCapacity = k
        buffer.reserveCapacity(bufferCapacity)
    }

    public var isEmpty: Bool { count == 0 }

    /// Takes in one value, which must not be NaN. Some 30 ns in the first hundred thousand
    /// values of a stream; then the sampler passes most of them over, 6 ns over four million.
    public mutating func insert(_ value: Double) {
        assert(!value.isNaN, "\(value)")
        count += 1
        min = value < min ? value : min
        max = value > max ? value : max
        if shift > 0 { return sample(value, weight: 1) }
        buffer.append(value)
        if buffer.count >= bufferCapacity { compress() }
    }

    /// Takes in a batch of values, none of them NaN: the same as one after another, and cheaper.
    public mutating func insert(_ values: Span<Double>) {
        count += UInt64(values.count)
        for index in values.indices {
            let value = values[index]
            min = value < min ? value : min
            max = value > max ? value : max
        }
        var start = 0
        while shift == 0, start < values.count {
            let end = Swift.min(values.count, start + bufferCapacity - buffer.count)
            let taken = values.extracting(start..<end)
            buffer.append(addingCapacity: taken.count) { buffer in
                for index in taken.indices { buffer.append(taken[index]) }
            }
            start = end
            if buffer.count >= bufferCapacity { compress() }
        }
        if start < values.count { sample(values.extracting(start..<values.count)) }
    }

    /// Forgets everything; the coin starts again at 0.
    public mutating func removeAll() {
        (count, min, max) = (0, .infinity, -.infinity)
        buffer.removeAll(keepingCapacity: true)
        removeLevels()
        shift = 0
        sampler = Sampler()
        coin = 0
    }
}

extension QuantileSketch {
    /// Bound on the error of one number's estimated rank, as a share of the count, at 99 %.
    public var rankError: Double { Self.rankError(k: k) }

    /// Bound on the largest error of all estimated ranks, as a share of the count, at 99 %.
    public var distributionError: Double { Self.distributionError(k: k) }

    /// `2.296 / k^0.9723`, as measured for Apache DataSketches' KLL, whose levels are the same.
    static func rankError(k: Int) -> Double { 2.296 / pow(Double(k), 0.9723) }

    /// `2.446 / k^0.9433`, as measured for Apache DataSketches' KLL.
    static func distributionError(k: Int) -> Double { 2.446 / pow(Double(k), 0.9433) }
}
