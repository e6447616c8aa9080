internal import CXXHash

/// 64-bit hashes that are the same in every process and on every machine (XXH3, Collet 2020).
///
/// Swift's own `Hasher` is seeded per process and must not reach stored or published values.
public enum StableHash {
    /// XXH3-64 of the bytes. About 3 ns for 16 bytes.
    @inline(__always)
    public static func of(_ bytes: borrowing RawSpan, seed: UInt64 = 0) -> UInt64 {
        unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
    }

    /// XXH3-64 of the string's UTF-8.
    public static func of(_ text: String, seed: UInt64 = 0) -> UInt64 {
        of(unsafe text.utf8Span.span.bytes, seed: seed)
    }

    /// A bijection on 64 bits that spreads every input bit over the result (the finaliser of
    /// MurmurHash3, Appleby 2011): distinct integers stay distinct.
    @inlinable
    public static func mix(_ value: UInt64) -> UInt64 {
        var x = value
        x = (x ^ (x >> 33)) &* 0xff51_afd7_ed55_8ccd
        x = (x ^ (x >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return x ^ (x >> 33)
    }

    /// Another word in every process: XORed into a key before `mix`, it makes places in a table
    /// that nobody outside can foresee. Must not reach stored or published values.
    public static let processSecret = UInt64.random(in: .min ... .max)
}
