public import Pipeline

/// A record of one of the input topics, with the place it has there.
public struct InputRecord: Sendable {
    public var stream: RecordOrigin.Stream
    public var partition: Int
    public var offset: Int64 = 0
    public var time: Int64
    public var key: String?
    public var value: [UInt8]?

    public init(
        _ stream: RecordOrigin.Stream, partition: Int = 0, time: Int64, key: String? = nil,
        value: [UInt8]?
    ) {
        self.stream = stream
        self.partition = partition
        self.time = time
        self.key = key
        self.value = value
    }

    public init(
        _ stream: RecordOrigin.Stream, partition: Int = 0, time: Int64, key: String? = nil,
        _ text: String
    ) {
        self.init(stream, partition: partition, time: time, key: key, value: Array(text.utf8))
    }

    /// A payment like any other.
    public static func payment(
        _ id: String, time: Int64, customer: Int = 1, terminal: Int = 1, amount: Double = 10,
        channel: String = "web", partition: Int = 0
    ) -> InputRecord {
        InputRecord(
            .events, partition: partition, time: time, key: "\(customer)",
            #"{"id":"\#(id)","time":\#(time),"customer":\#(customer),"terminal":\#(terminal),"#
                + #""amount":\#(amount),"channel":"\#(channel)"}"#)
    }

    public static func label(
        _ id: String, time: Int64, _ value: Double = 1, partition: Int = 0
    ) -> InputRecord {
        InputRecord(
            .labels, partition: partition, time: time, key: id,
            #"{"id":"\#(id)","fraud":\#(value)}"#)
    }

    public var origin: RecordOrigin {
        RecordOrigin(
            stream: stream, partition: Int32(partition), offset: offset, timestampMillis: time)
    }

    /// `topic/partition/offset`
    public var position: String {
        "\(stream == .events ? "events" : "labels")/\(partition)/\(offset)"
    }

    private struct Place: Hashable {
        var stream: Int
        var partition: Int
    }

    /// Numbers the records of each partition in their order.
    public static func numbered(_ records: [InputRecord]) -> [InputRecord] {
        var next: [Place: Int64] = [:]
        return records.map { record in
            var record = record
            let place = Place(stream: record.stream.rawValue, partition: record.partition)
            record.offset = next[place, default: 0]
            next[place] = record.offset + 1
            return record
        }
    }

    /// The order of a merge by time, by sorting: labels before events, then partition, then offset.
    public static func sorted(_ records: [InputRecord]) -> [InputRecord] {
        records.sorted {
            ($0.time, 1 - $0.stream.rawValue, $0.partition, $0.offset)
                < ($1.time, 1 - $1.stream.rawValue, $1.partition, $1.offset)
        }
    }
}
