import Bytes
import Pipeline
import Simulation

/// Simulated payments and labels as the bytes of their messages, in blocks in the order of time.
///
/// In a block the events stand before the labels, so that each kind can be timed by itself. A block
/// is hours of simulated time, in which no event may mature: a label comes seven days after its
/// event, and is waited for for eight.
struct PaymentLog: ~Copyable {
    struct Record {
        var origin: RecordOrigin
        var key: Range<Int>
        var value: Range<Int>
    }

    struct Block {
        var events: Range<Int>
        var labels: Range<Int>
    }

    private static let blockRecords = 500

    private var content = ByteWriter(reservingCapacity: 1 << 20)
    private(set) var events: [Record] = []
    private(set) var labels: [Record] = []
    private(set) var blocks: [Block] = []

    /// - Parameter eventsMax: the log ends after so many events.
    init(
        _ simulator: PaymentSimulator, format: SimulatedRecord.Format = .json,
        eventsMax: Int = .max
    ) {
        var start = (events: 0, labels: 0)
        for record in simulator {
            append(record, format)
            let count = events.count + labels.count - start.events - start.labels
            guard count >= Self.blockRecords || events.count >= eventsMax else { continue }
            blocks.append(
                Block(
                    events: start.events..<events.count, labels: start.labels..<labels.count))
            start = (events.count, labels.count)
            if events.count >= eventsMax { break }
        }
    }

    private mutating func append(_ record: SimulatedRecord, _ format: SimulatedRecord.Format) {
        let keyStart = content.count
        record.appendKey(to: &content)
        let valueStart = content.count
        record.append(format, to: &content)
        let isLabel = if case .label = record { true } else { false }
        let origin = RecordOrigin(
            stream: isLabel ? .labels : .events, partition: 0,
            offset: Int64(isLabel ? labels.count : events.count),
            timestampMillis: record.timeMillis)
        let entry = Record(
            origin: origin, key: keyStart..<valueStart, value: valueStart..<content.count)
        if isLabel { labels.append(entry) } else { events.append(entry) }
    }

    @_lifetime(borrow self)
    func bytes(_ range: Range<Int>) -> RawSpan { content.bytes.extracting(range) }

    /// Mean length of an event's message.
    var eventBytes: Double {
        Double(events.reduce(0) { $0 + $1.value.count }) / Double(max(events.count, 1))
    }
}
