/// Random numbers that are the same from the same seed on every platform and in every version:
/// xoshiro256** 1.0 (Blackman and Vigna 2018), its state filled by SplitMix64 (Steele et al. 2014).
///
/// The draws below use only IEEE 754 arithmetic and square root, which are exact everywhere; the
/// C library's `log` and `exp` are not. Not for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)
    /// The second of a pair of normal draws, kept for the next call.
    private var spareNormal: Double?

    /// - Parameter stream: numbers of different streams of one seed are independent.
    public init(seed: UInt64, stream: UInt64 = 0) {
        var mixer = StableHash.mix(seed) &+ stream &* 0xd134_2543_de82_ef95
        func splitMix() -> UInt64 {
            mixer &+= 0x9e37_79b9_7f4a_7c15
            var z = mixer
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        self.init(state: (splitMix(), splitMix(), splitMix(), splitMix()))
    }

    init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { (x << by) | (x >> (64 - by)) }
        let result = rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return result
    }

    /// Uniform in `0..<1`, a multiple of 2^-53.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in `0..<count`; `count` must be positive. Bias below `count` / 2^64.
    public mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// True with this probability.
    public mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

    /// Normal with mean 0 and standard deviation 1, by Marsaglia's polar method (1964).
    public mutating func normal() -> Double {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        var u = 0.0
        var v = 0.0
        var s = 0.0
        repeat {
            u = 2 * uniform() - 1
            v = 2 * uniform() - 1
            s = u * u + v * v
        } while s >= 1 || s == 0
        let scale = (-2 * naturalLogarithm(s) / s).squareRoot()
        spareNormal = v * scale
        return u * scale
    }

    /// Poisson with this mean: how many arrivals with exponential gaps of mean 1 fit in `mean`.
    /// O(mean); at most `poissonMax`.
    public mutating func poisson(mean: Double) -> Int {
        var elapsed = -naturalLogarithm(1 - uniform())
        var count = 0
        while elapsed < mean && count < Self.poissonMax {
            count += 1
            elapsed -= naturalLogarithm(1 - uniform())
        }
        return count
    }

    static let poissonMax = 10_000
}

/// ln x for a finite x > 0, to within 4e-16 of the result or of 1, whichever is larger.
///
/// x = m 2^e with m in (√½, √2]; ln m = 2 artanh(s) = 2 (s + s³/3 + s⁵/5 + …), s = (m-1)/(m+1),
/// |s| < 0.172, so that eleven terms leave less than 1e-18.
func naturalLogarithm(_ x: Double) -> Double {
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa > 1.414_213_562_373_095_1 {
        mantissa *= 0.5
        exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var series = 1.0 / 21
    var odd = 19.0
    while odd >= 1 {
        series = series * square + 1 / odd
        odd -= 2
    }
    return exponent * 0.693_147_180_559_945_3 + 2 * s * series
}
