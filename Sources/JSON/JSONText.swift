internal import Bytes

/// The byte rules of JSON strings and UTF-8 (Unicode 15, table 3-7).
enum JSONText {
    /// The first byte from `start` that is a quote, a backslash, a control character or not ASCII;
    /// the end when there is none. Eight bytes at a time (zero-byte test of Mycroft 1987).
    static func plainEnd(of bytes: borrowing RawSpan, from start: Int) -> Int {
        var at = start
        while at + 8 <= bytes.byteCount {
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            let stops = stopBits(UInt64(littleEndian: word))
            if stops != 0 { return at + stops.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.byteCount, isPlain(bytes.byte(at)) { at += 1 }
        return at
    }

    /// The top bit of each byte that stops a run; bytes above the first stop may be wrong.
    private static func stopBits(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = word &- ones &* 0x20
        return (word | controls | (quotes &- ones) | (backslashes &- ones)) & tops
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The bytes of the well-formed scalar at `at`, which is not ASCII; nil when it is not
    /// well-formed.
    static func scalarLength(of bytes: borrowing RawSpan, at: Int) -> Int? {
        let form = Form(lead: bytes.byte(at))
        guard form.count > 1, at + form.count <= bytes.byteCount else { return nil }
        guard form.second.contains(bytes.byte(at + 1)) else { return nil }
        for k in 2..<max(2, form.count) where bytes.byte(at + k) & 0xC0 != 0x80 { return nil }
        return form.count
    }

    /// The bytes that one U+FFFD stands for: the longest beginning of a scalar, at least one.
    static func invalidLength(of bytes: borrowing RawSpan, at: Int) -> Int {
        let form = Form(lead: bytes.byte(at))
        guard form.count > 1, at + 1 < bytes.byteCount, form.second.contains(bytes.byte(at + 1))
        else { return 1 }
        var count = 2
        while count < form.count, at + count < bytes.byteCount,
            bytes.byte(at + count) & 0xC0 == 0x80
        {
            count += 1
        }
        return count
    }

    /// What a lead byte promises: the length of its scalar (0 for none) and the range of the second
    /// byte.
    private struct Form {
        var count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF

        init(lead: UInt8) {
            switch lead {
            case 0xC2...0xDF: count = 2
            case 0xE0...0xEF: count = 3
            case 0xF0...0xF4: count = 4
            default: count = 0
            }
            switch lead {
            case 0xE0: second = 0xA0...0xBF
            case 0xED: second = 0x80...0x9F
            case 0xF0: second = 0x90...0xBF
            case 0xF4: second = 0x80...0x8F
            default: break
            }
        }
    }
}
