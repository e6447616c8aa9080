internal import Bytes
internal import Events

/// Event times in frames, behind a flag that says whether there is one.
extension ByteWriter {
    mutating func append(moment: Int64?) {
        append(fixed: UInt8(moment == nil ? 0 : 1))
        append(fixed: moment ?? 0)
    }
}

extension ByteReader {
    /// An event time within its limits; nil where there is none.
    @_lifetime(self: copy self)
    mutating func readMoment(_ field: String) throws(FormatError) -> Int64? {
        let isThere = try readFlag(field)
        let start = offset
        let moment = try readInt64()
        guard isThere else { return nil }
        guard EventTime.limits.contains(moment) else { throw .invalid(field: field, at: start) }
        return moment
    }
}
