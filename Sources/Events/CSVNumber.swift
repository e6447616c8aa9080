internal import Bytes
internal import CSimdJSON
internal import CText

/// Numbers and booleans of CSV fields. The numbers of events are read by the rules of JSON, so that
/// both formats accept `12.0` as an integer and reject the same values.
public enum CSVNumber {
    /// The finite number that the bytes of a table are, also one that JSON writes otherwise, such
    /// as `.5` and `007`; nil for anything else. Correctly rounded.
    public static func value(of bytes: borrowing RawSpan) -> Double? {
        guard bytes.byteCount > 0 else { return nil }
        if let value = plainDouble(bytes) { return value.isFinite ? value : nil }
        guard case .value(let value) = double(bytes) else { return nil }
        return value
    }

    /// What `std::from_chars` takes the bytes for: `nan` and `inf` too, nothing out of range.
    private static func plainDouble(_ bytes: borrowing RawSpan) -> Double? {
        unsafe bytes.withUnsafeBytes { raw in
            var value = 0.0
            let chars = unsafe raw.baseAddress!.assumingMemoryBound(to: CChar.self)
            return unsafe ctext_read_double(chars, raw.count, &value) == 1 ? value : nil
        }
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
        var value: Int64 = 0
        let status = unsafe bytes.withUnsafeBytes { raw in
            unsafe csimdjson_read_int64(
                raw.baseAddress!.assumingMemoryBound(to: UInt8.self), raw.count, &value)
        }
        return status == CSIMDJSON_OK ? .value(value) : .rejected(.init(status))
    }

    static func double(_ bytes: borrowing RawSpan) -> Reading<Double> {
        var value = 0.0
        let status = unsafe bytes.withUnsafeBytes { raw in
            unsafe csimdjson_read_double(
                raw.baseAddress!.assumingMemoryBound(to: UInt8.self), raw.count, &value)
        }
        if status == CSIMDJSON_OK { return .value(value) }
        // `nan` and `inf`, which JSON cannot write, are told apart from what is no number at all.
        let isSpecial = plainDouble(bytes).map { !$0.isFinite } ?? false
        return .rejected(isSpecial ? .outOfRange : .init(status))
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
