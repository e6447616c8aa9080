import Bytes
import Pipeline

/// The payments of one turn after another, of so many customers that few of them are in the
/// processor's caches.
struct PaymentTurn: ~Copyable {
    static let events = 1_000
    /// Of event time between two payments: a customer has one or two in 30 days.
    private static let eventMillis: Int64 = 1_500
    private static let start: Int64 = 1_700_000_000_000
    /// Visits every customer once in a round.
    private static let stride = 7_919

    /// No multiple of 7,919.
    var customersInUse: Int
    private var content = ByteWriter()
    private var records: [PaymentLog.Record] = []
    private var sent = 0
    private var random = SeededRandom(seed: 11)
    private var outbox = Outbox()

    /// - Parameter customers: no multiple of 7,919.
    init(customers: Int) { customersInUse = customers }

    /// Steps the next payments through the pipeline.
    ///
    /// - Parameter isInOrder: every customer in turn, instead of any.
    mutating func run(_ pipeline: inout EventPipeline, isInOrder: Bool = false) {
        fill(isInOrder: isInOrder)
        Self.step(records, content, &pipeline, &outbox)
    }

    /// Steps the next payments, and what follows them in the loop, with the processor's time.
    mutating func run(
        _ pipeline: inout EventPipeline, timedBy turns: inout SnapshotRun.Turns,
        then piece: (inout EventPipeline) -> Void = { _ in }
    ) {
        fill(isInOrder: false)
        let begin = ThreadTime.now()
        Self.step(records, content, &pipeline, &outbox)
        piece(&pipeline)
        turns.append(ThreadTime.now() - begin)
    }

    private mutating func fill(isInOrder: Bool) {
        content.removeAll()
        records.removeAll(keepingCapacity: true)
        for _ in 0..<Self.events {
            let customer =
                isInOrder
                ? sent * Self.stride % customersInUse : random.index(below: customersInUse)
            append(customer)
        }
    }

    private mutating func append(_ customer: Int) {
        let time = Self.start + Int64(sent) * Self.eventMillis
        let start = content.count
        content.append(decimal: Int64(customer))
        let key = start..<content.count
        content.append(#"{"transaction_id":"# as StaticString)
        content.append(decimal: Int64(sent))
        content.append(#","timestamp":"# as StaticString)
        content.append(decimal: time)
        content.append(#","customer_id":"# as StaticString)
        content.append(decimal: Int64(customer))
        content.append(#","terminal_id":1,"amount":"# as StaticString)
        content.append(decimal: Int64(1 + random.index(below: 200)))
        content.append("}" as StaticString)
        let origin = RecordOrigin(
            stream: .events, partition: 0, offset: Int64(sent), timestampMillis: time)
        records.append(
            PaymentLog.Record(
                origin: origin, key: key, value: key.upperBound..<content.count))
        sent += 1
    }

    private static func step(
        _ records: [PaymentLog.Record], _ content: borrowing ByteWriter,
        _ pipeline: inout EventPipeline, _ outbox: inout Outbox
    ) {
        outbox.removeAll()
        var start = 0
        while start < records.count {
            let group = start..<min(start + EventPipeline.lookAheadMax, records.count)
            for index in group {
                pipeline.lookAhead(
                    to: records[index].origin,
                    value: content.bytes.extracting(records[index].value))
            }
            for index in group {
                let record = records[index]
                pipeline.step(
                    record.origin, key: content.bytes.extracting(record.key),
                    value: content.bytes.extracting(record.value), into: &outbox)
            }
            start = group.upperBound
        }
    }
}
