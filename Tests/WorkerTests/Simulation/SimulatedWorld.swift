import Bytes
import Pipeline
import PipelineFixture
import TestSupport

@testable import Worker

/// A broker's topics and group and the disks, as far as workers can tell: what has been written.
struct SimulatedWorld {
    /// Everything that will ever be in the inputs, and how much of it is there by now.
    let inputs: [JournalInput: [InputRecord]]
    /// Whether each partition is a task; else all are task 0.
    let isSpread: Bool
    var arrived: [JournalInput: Int] = [:]
    /// By task.
    var journals: [Int: [[UInt8]]] = [:]
    var outputs: [WrittenMessage] = []
    var committed: [JournalInput: Int64] = [:]
    /// Files that survive a crash, by name; every worker sees them, as by the topic of snapshots.
    var files: [String: [UInt8]] = [:]
    /// Tasks of which a file was damaged.
    var damaged: Set<Int> = []
    /// Who holds each task, as the group knows it.
    var holders: [Int: Int] = [:]

    init(_ records: [InputRecord], isSpread: Bool) {
        self.isSpread = isSpread
        inputs = Dictionary(grouping: records) { JournalInput($0.stream, $0.partition) }
            .mapValues { $0.sorted { $0.offset < $1.offset } }
    }

    var tasks: [Int] { Set(inputs.keys.map { task(of: $0) }).sorted() }

    func task(of input: JournalInput) -> Int { isSpread ? input.partition : 0 }

    var isComplete: Bool { inputs.allSatisfy { arrived[$0.key, default: 0] == $0.value.count } }

    /// Some more records of some inputs.
    mutating func arrive(using random: inout SeededGenerator) {
        for (input, records) in inputs.sorted(by: { $0.key < $1.key })
        where Bool.random(using: &random) {
            let more = Int.random(in: 0...12, using: &random)
            arrived[input] = min(arrived[input, default: 0] + more, records.count)
        }
    }

    /// Where the newest record of a task's journal stands.
    func lastOffset(of task: Int) -> Int64 { Int64(journals[task]?.count ?? 0) - 1 }

    /// Does what a worker asked for.
    ///
    /// - Returns: false if the group refuses it: the worker no longer holds what it writes of.
    mutating func apply(_ write: SentWrites.Write, by worker: Int) -> Bool {
        switch write {
        case .journal(let task, let records, _):
            journals[task, default: []] += records.map(JournalTests.bytes)
        case .outputs(let outputs): self.outputs += outputs.messages
        case .offsets(let offsets):
            guard holds(offsets, worker) else { return false }
            committed.merge(offsets) { max($0, $1) }
        case .transaction(let parts):
            guard parts.allSatisfy({ holds($0.outputs.positions, worker) }) else { return false }
            for part in parts {
                journals[part.outputs.task, default: []] += part.records.map(JournalTests.bytes)
                outputs += part.outputs.messages
                committed.merge(part.outputs.positions) { max($0, $1) }
            }
        }
        return true
    }

    private func holds(_ offsets: [JournalInput: Int64], _ worker: Int) -> Bool {
        offsets.keys.allSatisfy { holders[task(of: $0)] == worker }
    }

    /// A file being written when the power went: any beginning of it, under its temporary name.
    mutating func tear(_ name: String, _ bytes: [UInt8], using random: inout SeededGenerator) {
        files[name] = Array(bytes[..<Int.random(in: 0...bytes.count, using: &random)])
    }

    /// The inputs of a task for a worker that begins now.
    func sources(of task: Int, at positions: [JournalInput: Int64]) -> [ListedSource] {
        inputs.filter { self.task(of: $0.key) == task }.sorted { $0.key < $1.key }.map {
            ListedSource(
                $0.key, $0.value, arrived: arrived[$0.key, default: 0],
                committed: committed[$0.key] ?? 0, position: positions[$0.key] ?? 0)
        }
    }
}

/// What a worker has sent and knows no answer to: what goes by one channel happens in order.
struct SentWrites {
    enum Channel: Int, CaseIterable {
        case journal, outputs, offsets, transactions
    }

    /// Messages of a task's batches, the first batch behind them, and where its inputs stand then;
    /// those of an idle look at alerts belong to no batch.
    struct Outputs {
        var task: Int
        var messages: [WrittenMessage]
        var next: UInt64?
        var positions: [JournalInput: Int64]
    }

    /// What happens at once or not at all.
    enum Write {
        case journal(task: Int, [JournalRecord], next: UInt64)
        case outputs(Outputs)
        case offsets([JournalInput: Int64])
        /// A part for each task.
        case transaction([(records: [JournalRecord], outputs: Outputs)])
    }

    private var writes: [Channel: [Write]] = [:]

    var isEmpty: Bool { writes.values.allSatisfy(\.isEmpty) }

    func isEmpty(_ channel: Channel) -> Bool { writes[channel]?.isEmpty ?? true }

    mutating func append(_ write: Write) {
        writes[Self.channel(of: write), default: []].append(write)
    }

    /// The oldest of a channel.
    mutating func next(_ channel: Channel) -> Write? {
        guard let write = writes[channel]?.first else { return nil }
        writes[channel]?.removeFirst()
        return write
    }

    private static func channel(of write: Write) -> Channel {
        switch write {
        case .journal: .journal
        case .outputs: .outputs
        case .offsets: .offsets
        case .transaction: .transactions
        }
    }

    /// The worker is gone: of each channel what was sent first may have arrived, the rest has not;
    /// of outputs even parts of a batch.
    mutating func crash(
        _ world: inout SimulatedWorld, worker: Int, using random: inout SeededGenerator
    ) {
        for channel in Channel.allCases {
            let sent = writes.removeValue(forKey: channel) ?? []
            let landed = Int.random(in: 0...sent.count, using: &random)
            for write in sent[..<landed] { _ = world.apply(write, by: worker) }
            if landed < sent.count, case .outputs(var outputs) = sent[landed] {
                let part = Int.random(in: 0...outputs.messages.count, using: &random)
                outputs.messages.removeLast(outputs.messages.count - part)
                _ = world.apply(.outputs(outputs), by: worker)
            }
        }
    }
}
