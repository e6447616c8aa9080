internal import Bytes
internal import CSimdJSON
internal import CText

/// Numbers and booleans of CSV fields. What the plain readers refuse is read again by the rules of
/// JSON, so that both formats accept `12.0` as an integer and reject the same values.
public enum CSVNumber {
    /// The finite number that the bytes are; nil for anything else. Correctly rounded.
    public static func value(of bytes: borrowing RawSpan) -> Double? {
        guard bytes.byteCount > 0, case .value(let value) = double(bytes) else { return nil }
        return value
    }

    enum Reading<Value> {
        case value(Value)
        case rejected(DecodeError.Reason)

        /// Hands on the value, or returns why there is none.
        @inline(__always)
        func set(_ store: (Value) -> Void) -> DecodeError.Reason? {
            switch self {
            case .value(let value):
                store(value)
                return nil
            case .rejected(let reason): return reason
            }
        }
    }

    static func integer(_ bytes: borrowing RawSpan) -> Reading<Int64> {
        unsafe bytes.withUnsafeBytes { raw in
            var value: Int64 = 0
            let text = raw.baseAddress!
            let chars = unsafe text.assumingMemoryBound(to: CChar.self)
            if unsafe ctext_read_int64(chars, raw.count, &value) == 1 { return .value(value) }
            let status = unsafe csimdjson_read_int64(
                text.assumingMemoryBound(to: UInt8.self), raw.count, &value)
            return status == CSIMDJSON_OK ? .value(value) : .rejected(.init(status))
        }
    }

    static func double(_ bytes: borrowing RawSpan) -> Reading<Double> {
        unsafe bytes.withUnsafeBytes { raw in
            var value = 0.0
            let text = raw.baseAddress!
            let chars = unsafe text.assumingMemoryBound(to: CChar.self)
            if unsafe ctext_read_double(chars, raw.count, &value) == 1 {
                return value.isFinite ? .value(value) : .rejected(.outOfRange)
            }
            let status = unsafe csimdjson_read_double(
                text.assumingMemoryBound(to: UInt8.self), raw.count, &value)
            return status == CSIMDJSON_OK ? .value(value) : .rejected(.init(status))
        }
    }

    /// 1 for true, 0 for false.
    static func bool(_ bytes: borrowing RawSpan) -> Reading<Int64> {
        for word in words where bytes.equals(word.text) { return .value(word.value) }
        return .rejected(.wrongType)
    }

    private static let words: [(text: StaticString, value: Int64)] = [
        ("true", 1), ("false", 0), ("True", 1), ("False", 0), ("TRUE", 1), ("FALSE", 0), ("1", 1),
        ("0", 0),
    ]
}

extension RawSpan {
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for k in 0..<byteCount {
            let expected = unsafe text.utf8Start[k]
            guard byte(k) == expected else { return false }
        }
        return true
    }
}
