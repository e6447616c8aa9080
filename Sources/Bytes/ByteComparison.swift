internal import CText

/// Order, equality and search over bytes. For UTF-8 the order of bytes is the order of code points.
public enum ByteComparison {
    /// Negative, zero or positive as `left` stands before, equals or stands after `right`.
    public static func order(_ left: borrowing RawSpan, _ right: borrowing RawSpan) -> Int {
        let shared = min(left.byteCount, right.byteCount)
        let difference = unsafe left.withUnsafeBytes { leftBytes in
            unsafe right.withUnsafeBytes { rightBytes in
                unsafe ctext_compare(leftBytes.baseAddress, rightBytes.baseAddress, shared)
            }
        }
        return difference != 0 ? Int(difference) : left.byteCount - right.byteCount
    }

    /// Whether `needle` stands somewhere in `bytes`; an empty one always does. Linear in both.
    public static func contains(_ bytes: borrowing RawSpan, _ needle: borrowing RawSpan) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe needle.withUnsafeBytes { needle in
                unsafe ctext_contains(
                    bytes.baseAddress, bytes.count, needle.baseAddress, needle.count) != 0
            }
        }
    }
}
