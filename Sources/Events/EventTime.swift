internal import Bytes

/// Reads the time of an event from its row: `Int64` milliseconds since the Unix epoch, UTC.
public struct EventTime: Equatable, Sendable {
    /// 1970-01-01T00:00:00Z to 2100-01-01T00:00:00Z, both included: what a time may be.
    public static let limits: ClosedRange<Int64> = 0...4_102_444_800_000

    private let slot: Int?
    private let unit: TimeUnit

    public init(schema: EventSchema) {
        slot = schema.time
        unit = schema.timeUnit
    }

    /// The time of the row's event, or the record's timestamp where the schema names no time field.
    public func millis(
        of row: borrowing EventRow, recordTimestamp: Int64
    ) throws(DecodeError) -> Int64 {
        guard let slot else { return try Self.check(recordTimestamp, field: nil) }
        guard row.states[slot] == .present else { throw DecodeError(.missingField, field: slot) }
        guard unit == .rfc3339 else {
            return try Self.check(unit.millis(row.integers[slot]), field: slot)
        }
        guard let millis = RFC3339.millis(row.textBytes(row.texts[slot])) else {
            throw DecodeError(.malformedTime, field: slot)
        }
        return try Self.check(millis, field: slot)
    }

    private static func check(_ millis: Int64?, field: Int?) throws(DecodeError) -> Int64 {
        guard let millis, limits.contains(millis) else {
            throw DecodeError(.outOfRange, field: field)
        }
        return millis
    }
}

extension TimeUnit {
    /// The count in milliseconds, finer units rounded down; nil beyond 64 bits.
    fileprivate func millis(_ count: Int64) -> Int64? {
        switch self {
        case .s:
            let (millis, overflows) = count.multipliedReportingOverflow(by: 1_000)
            return overflows ? nil : millis
        case .ms, .rfc3339: return count
        case .us: return Self.floor(count, 1_000)
        case .ns: return Self.floor(count, 1_000_000)
        }
    }

    private static func floor(_ count: Int64, _ divisor: Int64) -> Int64 {
        count / divisor - (count % divisor < 0 ? 1 : 0)
    }
}
