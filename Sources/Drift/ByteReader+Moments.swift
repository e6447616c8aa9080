internal import Bytes

// What the state of those who watch is stored with: a flag before each value that may be absent.

extension ByteWriter {
    mutating func append(optional number: Double?) {
        append(fixed: UInt8(number == nil ? 0 : 1))
        if let number { append(fixed: number) }
    }

    mutating func append(optional moment: Int64?) {
        append(fixed: UInt8(moment == nil ? 0 : 1))
        if let moment { append(fixed: moment) }
    }

    mutating func append(optional text: String?) {
        append(fixed: UInt8(text == nil ? 0 : 1))
        if let text { append(counted: text) }
    }

    mutating func append(optional span: Range<Int64>?) {
        append(fixed: UInt8(span == nil ? 0 : 1))
        if let span { append(span) }
    }

    mutating func append(_ span: Range<Int64>) {
        append(fixed: span.lowerBound)
        append(fixed: span.upperBound)
    }
}

extension ByteReader {
    /// Milliseconds of a clock: far enough from the ends of the type that no difference of two
    /// overflows.
    @_lifetime(self: copy self)
    mutating func readMoment(_ field: String) throws(FormatError) -> Int64 {
        let start = offset
        let moment = try readInt64()
        guard abs(Double(moment)) <= Self.momentMax else { throw .invalid(field: field, at: start) }
        return moment
    }

    /// 285,000 years.
    private static var momentMax: Double { 0x1p53 }

    @_lifetime(self: copy self)
    mutating func readSpan(_ field: String) throws(FormatError) -> Range<Int64> {
        let start = offset
        let (lower, upper) = (try readMoment(field), try readMoment(field))
        guard lower < upper else { throw .invalid(field: field, at: start) }
        return lower..<upper
    }

    /// A count or a sum of counts: finite, and not below 0.
    @_lifetime(self: copy self)
    mutating func readAmount(_ field: String) throws(FormatError) -> Double {
        let start = offset
        let amount = try readFinite(field)
        guard amount >= 0 else { throw .invalid(field: field, at: start) }
        return amount
    }

    @_lifetime(self: copy self)
    mutating func readOptionalDouble(_ field: String) throws(FormatError) -> Double? {
        try readFlag(field) ? readDouble() : nil
    }

    @_lifetime(self: copy self)
    mutating func readOptionalMoment(_ field: String) throws(FormatError) -> Int64? {
        try readFlag(field) ? readMoment(field) : nil
    }

    @_lifetime(self: copy self)
    mutating func readOptionalSpan(_ field: String) throws(FormatError) -> Range<Int64>? {
        try readFlag(field) ? readSpan(field) : nil
    }

    @_lifetime(self: copy self)
    mutating func readOptionalText(
        _ field: String, bytesMax: Int
    ) throws(FormatError) -> String? {
        try readFlag(field) ? readText(field, bytesMax: bytesMax) : nil
    }
}
