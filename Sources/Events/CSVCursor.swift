internal import Bytes

/// Where one field of a CSV record stands, without its quotes.
public struct CSVField: Equatable, Sendable {
    public var range: Range<Int>
    public var isQuoted: Bool
    public var hasDoubledQuotes: Bool
}

/// Steps over the fields of one CSV record (RFC 4180 §2).
public struct CSVCursor: Sendable {
    private let delimiter: UInt8
    private var at = 0
    public private(set) var isAtEnd = false

    public init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// The next field, or nil where quotes stand wrongly. A record has one field more than
    /// delimiters.
    public mutating func next(in record: borrowing RawSpan) -> CSVField? {
        if at < record.byteCount, record.byte(at) == UInt8(ascii: "\"") {
            return quoted(in: record)
        }
        let start = at
        while at < record.byteCount {
            let byte = record.byte(at)
            if byte == delimiter { break }
            if byte == UInt8(ascii: "\"") { return nil }
            at += 1
        }
        let field = CSVField(range: start..<at, isQuoted: false, hasDoubledQuotes: false)
        stepOverDelimiter(in: record)
        return field
    }

    private mutating func quoted(in record: borrowing RawSpan) -> CSVField? {
        at += 1
        var field = CSVField(range: at..<at, isQuoted: true, hasDoubledQuotes: false)
        while at < record.byteCount {
            guard record.byte(at) == UInt8(ascii: "\"") else {
                at += 1
                continue
            }
            if at + 1 < record.byteCount, record.byte(at + 1) == UInt8(ascii: "\"") {
                field.hasDoubledQuotes = true
                at += 2
                continue
            }
            field.range = field.range.lowerBound..<at
            at += 1
            guard at == record.byteCount || record.byte(at) == delimiter else { return nil }
            stepOverDelimiter(in: record)
            return field
        }
        return nil
    }

    private mutating func stepOverDelimiter(in record: borrowing RawSpan) {
        isAtEnd = at == record.byteCount
        if !isAtEnd { at += 1 }
    }
}
