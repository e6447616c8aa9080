/// How many distinct values a stream held, by HyperLogLog with 64-bit hashes.
///
/// Flajolet, Fusy, Gandouet, Meunier 2007 with the 64-bit hash of Heule, Nunkesser, Hall 2013, and
/// Ertl's estimator (2017, "New cardinality estimation algorithms for HyperLogLog sketches",
/// algorithm 6), which needs no tables of corrections and is unbiased over the whole range, so also
/// where Heule et al. switch to linear counting.
///
/// - Error: the estimate's standard deviation is at most `1.04 / √(2^precision)` of the true
///   number: 2.3 % at 11 bits; 2.6 of them hold for 99 %. Two distinct values of one hash count
///   once: below 1e-7 of 10^12.
/// - Size: `2^precision` bytes.
/// - Merging takes the greater of each register: exactly commutative, associative and idempotent.
public struct DistinctSketch: Sketch {
    /// Bits of a hash that choose the register: 4 to 18.
    public let precision: Int
    /// For each register the greatest position of the first one bit, 0 when none came.
    var registers: [UInt8]

    public static var precisions: ClosedRange<Int> { 4...18 }

    /// - Precondition: `precision` is in `precisions`.
    public init(precision: Int = 11) {
        precondition(Self.precisions.contains(precision), "precision \(precision)")
        self.precision = precision
        registers = Array(repeating: 0, count: 1 << precision)
    }

    public var byteCountMax: Int { MemoryLayout<Self>.size + registers.count }

    public var isEmpty: Bool { registers.allSatisfy { $0 == 0 } }

    /// The relative standard deviation of `estimate`.
    public var relativeError: Double { 1.04 / Double(registers.count).squareRoot() }

    /// Takes in a value by its hash, of which all 64 bits must be well mixed (`StableHash`). About
    /// 1 ns.
    @inline(__always)
    public mutating func insert(hash: UInt64) {
        let register = Int(hash >> UInt64(64 - precision))
        let rest = hash << UInt64(precision) | 1 << UInt64(precision - 1)
        let position = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount + 1)
        if registers[register] < position { registers[register] = position }
    }

    /// Takes in many values by their hashes.
    public mutating func insert(hashes: Span<UInt64>) {
        let (shift, mark) = (UInt64(precision), 1 << UInt64(precision - 1) as UInt64)
        var registers = registers.mutableSpan
        for index in hashes.indices {
            let hash = hashes[index]
            let register = Int(truncatingIfNeeded: hash >> (64 &- shift))
            let rest = hash << shift | mark
            let position = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount &+ 1)
            if registers[register] < position { registers[register] = position }
        }
    }

    /// Takes the greater of each register. O(registers): 0.1 µs at 11 bits.
    ///
    /// - Precondition: both have the same precision.
    public mutating func merge(_ other: borrowing DistinctSketch) {
        precondition(
            precision == other.precision, "precisions \(precision) and \(other.precision)")
        let theirs = other.registers.span
        var registers = registers.mutableSpan
        for index in registers.indices {
            let (own, their) = (registers[index], theirs[index])
            registers[index] = own > their ? own : their
        }
    }

    public mutating func removeAll() {
        var registers = registers.mutableSpan
        for index in registers.indices { registers[index] = 0 }
    }
}
