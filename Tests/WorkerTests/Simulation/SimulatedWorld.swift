import Bytes
import Pipeline
import PipelineFixture
import TestSupport

@testable import Worker

/// A broker's topics and a disk, as far as a worker of one task can tell: what has been written,
/// and what is under way and may yet be lost.
struct SimulatedWorld {
    /// Everything that will ever be in the inputs, and how much of it is there by now.
    let inputs: [JournalInput: [InputRecord]]
    var arrived: [JournalInput: Int] = [:]
    var journal: [[UInt8]] = []
    var outputs: [WrittenMessage] = []
    var committed: [JournalInput: Int64] = [:]
    /// Files that survive a crash, by name.
    var files: [String: [UInt8]] = [:]
    /// Writes that the broker has not acknowledged: those of one channel happen in order.
    var underWay: [Channel: [Write]] = [:]

    enum Channel: Int, CaseIterable {
        case journal, outputs, offsets, transactions
    }

    /// What happens at once or not at all.
    enum Write {
        case journal([JournalRecord], next: UInt64)
        case outputs([WrittenMessage], next: UInt64?, positions: [JournalInput: Int64])
        case offsets([JournalInput: Int64])
        case transaction([JournalRecord], [WrittenMessage], [JournalInput: Int64], next: UInt64)
    }

    init(_ records: [InputRecord]) {
        inputs = Dictionary(grouping: records) { JournalInput($0.stream, $0.partition) }
            .mapValues { $0.sorted { $0.offset < $1.offset } }
    }

    var isComplete: Bool { inputs.allSatisfy { arrived[$0.key, default: 0] == $0.value.count } }

    /// Some more records of some inputs.
    mutating func arrive(using random: inout SeededGenerator) {
        for (input, records) in inputs.sorted(by: { $0.key < $1.key })
        where Bool.random(using: &random) {
            let more = Int.random(in: 0...12, using: &random)
            arrived[input] = min(arrived[input, default: 0] + more, records.count)
        }
    }

    mutating func apply(_ write: Write) {
        switch write {
        case .journal(let records, _): journal += records.map(JournalTests.bytes)
        case .outputs(let messages, _, _): outputs += messages
        case .offsets(let offsets): committed.merge(offsets) { max($0, $1) }
        case .transaction(let records, let messages, let positions, _):
            journal += records.map(JournalTests.bytes)
            outputs += messages
            committed.merge(positions) { max($0, $1) }
        }
    }

    /// The worker is gone: of each channel what was sent first may have arrived, the rest has not;
    /// of outputs even parts of a batch.
    mutating func crash(using random: inout SeededGenerator) {
        for channel in Channel.allCases {
            let writes = underWay.removeValue(forKey: channel) ?? []
            let landed = Int.random(in: 0...writes.count, using: &random)
            for write in writes[..<landed] { apply(write) }
            if landed < writes.count, case .outputs(let messages, _, _) = writes[landed] {
                let part = Int.random(in: 0...messages.count, using: &random)
                outputs += messages[..<part]
            }
        }
    }

    /// A file being written when the power went: any beginning of it, under its temporary name.
    mutating func tear(_ name: String, _ bytes: [UInt8], using random: inout SeededGenerator) {
        files[name] = Array(bytes[..<Int.random(in: 0...bytes.count, using: &random)])
    }
}
