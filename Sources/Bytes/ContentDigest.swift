internal import Crypto

/// SHA-256 (FIPS 180-4): the name of content that must not change unnoticed.
public struct ContentDigest: Equatable, Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// About 1 GB/s.
    public init(of bytes: borrowing RawSpan) {
        var hash = SHA256()
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        hex = Self.hex(hash.finalize())
    }

    /// Nil unless `hex` is 64 lower-case hexadecimal digits.
    public init?(hex: String) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        guard hex.utf8.count == 64,
            hex.utf8.allSatisfy({ digits.contains($0) || letters.contains($0) })
        else { return nil }
        self.hex = hex
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text += String(byte >> 4, radix: 16)
            text += String(byte & 15, radix: 16)
        }
        return text
    }
}
