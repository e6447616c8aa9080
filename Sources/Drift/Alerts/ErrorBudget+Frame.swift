internal import Bytes

/// A budget as it is stored: the sums at the ends of its minutes, the oldest first:
///
///     | newest minute? i64 | first minute i64 | n u64 | n × (events f64 | bad f64) |
extension ErrorBudget {
    func append(to writer: inout ByteWriter) {
        writer.append(optional: newest)
        writer.append(fixed: first)
        let minutes = minutes
        writer.append(count: minutes.count)
        for minute in minutes {
            writer.append(fixed: sums[place(minute)].events)
            writer.append(fixed: sums[place(minute)].bad)
        }
    }

    /// Those that the ring holds.
    private var minutes: Range<Int64> {
        guard let newest else { return 0..<0 }
        return max(first, newest - Int64(Self.minutesMax) + 1)..<newest + 1
    }

    init(from reader: inout ByteReader) throws(FormatError) {
        newest = try reader.readOptionalMoment("newest minute")
        first = try reader.readMoment("first minute")
        let start = reader.offset
        let count = try reader.readCount("minutes", itemBytes: 16)
        guard newest.map({ first <= $0 }) ?? true, count == minutes.count else {
            throw .invalid(field: "minutes", at: start)
        }
        for minute in minutes {
            let events = try reader.readAmount("events")
            sums[place(minute)] = Sums(events: events, bad: try reader.readAmount("bad"))
        }
    }
}
