/// Where Vowpal Wabbit puts a feature: MurmurHash3 (Appleby 2011, x86, 32 bits) of its name, seeded
/// by that of its namespace; a name of digits is its number instead.
enum VowpalHash {
    /// The intercept's place before the mask, a constant of Vowpal Wabbit's.
    static let intercept: UInt32 = 11_650_396

    /// - Parameter namespace: empty for features without one.
    static func of(_ feature: String, namespace: String) -> UInt32 {
        hash(feature, seed: namespace.isEmpty ? 0 : hash(namespace, seed: 0))
    }

    private static func hash(_ name: String, seed: UInt32) -> UInt32 {
        let bytes = Array(name.utf8)
        guard bytes.allSatisfy({ (48...57).contains($0) }) else { return murmur(bytes, seed) }
        return bytes.reduce(0) { $0 &* 10 &+ UInt32($1 - 48) } &+ seed
    }

    private static func murmur(_ bytes: [UInt8], _ seed: UInt32) -> UInt32 {
        func rotate(_ x: UInt32, _ by: UInt32) -> UInt32 { x << by | x >> (32 - by) }
        func mixed(_ block: UInt32) -> UInt32 {
            rotate(block &* 0xcc9e_2d51, 15) &* 0x1b87_3593
        }
        func block(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        var hash = seed
        let whole = bytes.count / 4 * 4
        for start in stride(from: 0, to: whole, by: 4) {
            hash = rotate(hash ^ mixed(block(bytes[start..<start + 4])), 13) &* 5 &+ 0xe654_6b64
        }
        if whole < bytes.count { hash ^= mixed(block(bytes[whole...])) }
        hash ^= UInt32(truncatingIfNeeded: bytes.count)
        hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
        hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
        return hash ^ hash >> 16
    }
}
