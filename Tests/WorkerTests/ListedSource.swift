@testable import Worker

import Bytes
import Pipeline
import PipelineFixture

/// An input over a list of records, of which only some have arrived.
final class ListedSource: RecordSource {
    let input: JournalInput
    let committed: Int64
    private(set) var position: Int64
    private let records: [InputRecord]
    /// How many of the records have arrived.
    var arrived: Int
    /// Whether it knows that there are no more.
    var knowsItsEnd = true
    private var next = 0

    /// - Parameter records: of one partition, in the order of their offsets.
    init(
        _ input: JournalInput, _ records: [InputRecord], arrived: Int? = nil, committed: Int64 = 0,
        position: Int64 = 0
    ) {
        self.input = input
        self.records = records
        self.arrived = arrived ?? records.count
        self.committed = committed
        self.position = position
        next = records.firstIndex { $0.offset >= position } ?? records.count
    }

    func prepare(patience: Duration?) -> Readiness {
        if next < arrived { return .ready }
        return knowsItsEnd ? .caughtUp : .behind
    }

    var reached: Int64 {
        next < arrived ? offset : (records.prefix(arrived).last?.offset ?? -1) + 1
    }
    var offset: Int64 { records[next].offset }
    var timestampMillis: Int64 { records[next].time }

    func offset(_ place: Int) -> Int64 { records[place].offset }

    func take() -> Int {
        position = records[next].offset + 1
        next += 1
        return next - 1
    }

    var isDrained: Bool { next == arrived }

    func lookAhead(_ pipeline: inout EventPipeline, to place: Int) {
        guard let value = records[place].value else { return }
        pipeline.lookAhead(to: records[place].origin, value: unsafe value.span.bytes)
    }

    func step(_ pipeline: inout EventPipeline, with place: Int, into outbox: inout Outbox) {
        let record = records[place]
        let key = Array((record.key ?? "").utf8)
        let value = record.value ?? []
        unsafe pipeline.step(
            record.origin, key: record.key == nil ? nil : key.span.bytes, value: value.span.bytes,
            into: &outbox)
    }

    /// One past its last record.
    var end: Int64 { (records.last?.offset ?? -1) + 1 }

    /// Lets more records arrive.
    func arrive(_ more: Int) { arrived = min(arrived + more, records.count) }

    /// Sources over all partitions that the records belong to.
    static func all(
        _ records: [InputRecord], committed: [JournalInput: Int64] = [:],
        positions: [JournalInput: Int64] = [:]
    ) -> [ListedSource] {
        Dictionary(grouping: records) { JournalInput($0.stream, $0.partition) }
            .sorted { $0.key < $1.key }.map {
                ListedSource(
                    $0.key, $0.value.sorted { $0.offset < $1.offset },
                    committed: committed[$0.key] ?? 0, position: positions[$0.key] ?? 0)
            }
    }
}
