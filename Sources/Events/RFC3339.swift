internal import Bytes

/// Times such as `2018-04-01T00:00:31.250Z` or `2018-04-01 02:00:31+02:00` (RFC 3339 §5.6).
///
/// The separator is `T`, `t` or a space. A leap second (`:60`) is rejected, because milliseconds
/// since the epoch have no place for it. Digits finer than a millisecond are dropped.
package enum RFC3339 {
    /// Milliseconds since the Unix epoch, or nil when the bytes are not such a time.
    package static func millis(_ bytes: borrowing RawSpan) -> Int64? {
        guard bytes.byteCount >= 20, bytes.byteCount <= textBytesMax,
            let year = number(bytes, 0, 4, 0...9_999), let month = number(bytes, 5, 2, 1...12),
            let day = number(bytes, 8, 2, 1...daysIn(month: month, year: year)),
            let hour = number(bytes, 11, 2, 0...23), let minute = number(bytes, 14, 2, 0...59),
            let second = number(bytes, 17, 2, 0...59), isSeparated(bytes)
        else { return nil }
        var at = 19
        guard let fraction = fractionMillis(bytes, &at), let offset = offsetMinutes(bytes, at)
        else {
            return nil
        }
        let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
        let minutes = (Int(date.daysSinceEpoch) * 24 + hour) * 60 + minute - offset
        return Int64((minutes * 60 + second) * 1_000 + fraction)
    }

    /// Bytes; room for 40 digits of a fraction.
    private static let textBytesMax = 64

    private static func isSeparated(_ bytes: borrowing RawSpan) -> Bool {
        let separator = bytes.byte(10)
        let isSeparator =
            separator | 0x20 == UInt8(ascii: "t") || separator == UInt8(ascii: " ")
        return isSeparator && bytes.byte(4) == UInt8(ascii: "-")
            && bytes.byte(7) == UInt8(ascii: "-") && bytes.byte(13) == UInt8(ascii: ":")
            && bytes.byte(16) == UInt8(ascii: ":")
    }

    /// `count` digits from `at`, when their value is allowed.
    private static func number(
        _ bytes: borrowing RawSpan, _ at: Int, _ count: Int, _ allowed: ClosedRange<Int>
    ) -> Int? {
        var value = 0
        for k in at..<at + count {
            let digit = bytes.byte(k) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return allowed.contains(value) ? value : nil
    }

    /// The digits behind a point, if there is one; steps `at` over them.
    private static func fractionMillis(_ bytes: borrowing RawSpan, _ at: inout Int) -> Int? {
        guard bytes.byte(at) == UInt8(ascii: ".") else { return 0 }
        at += 1
        let start = at
        var millis = 0
        var scale = 100
        while at < bytes.byteCount {
            let digit = bytes.byte(at) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            millis += Int(digit) * scale
            scale /= 10
            at += 1
        }
        return at > start && at < bytes.byteCount ? millis : nil
    }

    /// Minutes east of UTC; nil when the rest of the bytes is not an offset.
    private static func offsetMinutes(_ bytes: borrowing RawSpan, _ at: Int) -> Int? {
        let sign = bytes.byte(at)
        if sign | 0x20 == UInt8(ascii: "z") { return at + 1 == bytes.byteCount ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), at + 6 == bytes.byteCount,
            bytes.byte(at + 3) == UInt8(ascii: ":"), let hours = number(bytes, at + 1, 2, 0...23),
            let minutes = number(bytes, at + 4, 2, 0...59)
        else { return nil }
        let offset = hours * 60 + minutes
        return sign == UInt8(ascii: "-") ? -offset : offset
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
