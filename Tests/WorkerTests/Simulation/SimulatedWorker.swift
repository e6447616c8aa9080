import Bytes
import Kafka
import Pipeline
import PipelineFixture
import TestSupport

@testable import Worker

/// A worker of one task in a simulated world, made of the parts of the real one: its task, merge,
/// books, held outputs, journal, snapshots. Every action is one that the real loop may take next.
struct SimulatedWorker: ~Copyable {
    private let settings: PipelineSettings
    private let isTransactional: Bool
    private let task: StreamTask<ListedSource>
    private var books: JournalBooks
    private var held = HeldQueue()
    private var open: [HeldOutputs] = []
    private var delivered: UInt64 = 0
    private var committable: [JournalInput: Int64] = [:]
    private var snapshot: (head: SnapshotHead, bytes: [UInt8], next: UInt64?)?

    /// Takes the task over: the newest snapshot that can be read, and the journal from there on.
    init(
        _ world: inout SimulatedWorld, _ settings: PipelineSettings, isTransactional: Bool,
        owner first: UInt64
    ) throws {
        var books = JournalBooks(firstOwner: first)
        let owner = books.open(task: 0, isTakeoverWritten: !isTransactional)
        if !isTransactional { world.apply(.journal([.takeover(owner: owner)], next: 0)) }
        let task = try Self.recover(world, settings, &books)
        self.settings = settings
        self.isTransactional = isTransactional
        self.books = books
        self.task = task
        delivered = task.next
    }

    private static func recover(
        _ world: SimulatedWorld, _ settings: PipelineSettings, _ books: inout JournalBooks
    ) throws -> StreamTask<ListedSource> {
        var from = 0
        var found: StreamTask<ListedSource>?
        for name in world.files.keys.sorted(by: >) where name.hasSuffix(".snapshot") {
            guard let (restored, offset) = try? restore(name, world, settings) else { continue }
            (found, from) = (restored, offset)
            break
        }
        let task =
            try found
            ?? StreamTask(
                0, try EventPipeline(settings), JournalChain(task: 0), world.sources(at: [:]),
                mergePatience: .zero, isReplayOpen: true)
        for (place, bytes) in world.journal.enumerated().dropFirst(from) {
            try task.follow(try unsafe JournalRecord(bytes.span.bytes))
            books.noteRead(task: 0, next: task.chain.next, offset: Int64(place))
        }
        task.isReplayOpen = false
        for (input, offset) in world.committed where offset > task.chain.positions[input] ?? 0 {
            throw RecoveryError.journalBehind(
                task: 0, input, journalled: task.chain.positions[input] ?? 0, committed: offset)
        }
        return task
    }

    private static func restore(
        _ name: String, _ world: SimulatedWorld, _ settings: PipelineSettings
    ) throws -> (StreamTask<ListedSource>, journalOffset: Int) {
        let bytes = world.files[name] ?? []
        let stored = unsafe bytes.span.bytes
        let head = try SnapshotHead(stored)
        var place = try Frame.byteCount(of: stored)
        var restoration = PipelineRestoration(try EventPipeline(settings))
        while place < stored.byteCount {
            place += try restoration.take(stored.extracting(place..<stored.byteCount))
        }
        let chain = JournalChain(
            task: 0, owner: head.owner, next: head.next, positions: head.positions)
        let task = StreamTask(
            0, try restoration.finish(), chain, world.sources(at: head.positions),
            mergePatience: .zero, isReplayOpen: true)
        return (task, Int(head.journalOffset))
    }

    /// One turn of the task.
    mutating func step(_ world: inout SimulatedWorld, using random: inout SeededGenerator) throws {
        for source in task.inputs {
            source.arrive(world.arrived[source.input, default: 0] - source.arrived)
            source.knowsItsEnd = Int.random(in: 0...5, using: &random) > 0
        }
        let outputs = held.take()
        let turn = try task.run(
            upTo: Int.random(in: 1...30, using: &random), bytesMax: 1 << 20, into: &outputs.outbox
        ) { _ in }
        let positions = task.inputs.filter { $0.position > $0.committed }.map {
            PartitionOffset($0.input.simulatedPartition, $0.position)
        }
        outputs.note(turn, of: 0, at: positions, next: task.next)
        guard turn.used > 0 else {
            // Looks at alerts, and now and then has one to tell while batches wait.
            guard !held.isEmpty, Bool.random(using: &random) else { return held.giveBack(outputs) }
            return send(outputs, next: nil, &world)
        }
        if let batch = turn.batch { books.append(batch, task: 0) }
        if isTransactional {
            outputs.number = task.next
            open.append(outputs)
        } else if turn.batch != nil {
            held.append(outputs)
        } else {
            send(outputs, next: task.next, &world)
        }
    }

    private static func places(_ outputs: HeldOutputs) -> [JournalInput: Int64] {
        Dictionary(
            outputs.positions.map { (JournalInput($0.partition), $0.offset) },
            uniquingKeysWith: max)
    }

    private mutating func send(
        _ outputs: HeldOutputs, next: UInt64?, _ world: inout SimulatedWorld
    ) {
        world.underWay[.outputs, default: []].append(
            .outputs(
                WrittenMessage.all(in: outputs.outbox), next: next, positions: Self.places(outputs))
        )
        held.giveBack(outputs)
    }

    /// Writes the journal and sends what it has; or puts all into a transaction.
    mutating func deliver(_ world: inout SimulatedWorld) {
        if isTransactional {
            guard !open.isEmpty, world.underWay[.transactions, default: []].isEmpty else { return }
            var records: [JournalRecord] = []
            var next = task.next
            for task in books.due { (records, next) = books.takeRecords(of: task) }
            var positions: [JournalInput: Int64] = [:]
            for outputs in open { positions.merge(Self.places(outputs)) { max($0, $1) } }
            world.underWay[.transactions, default: []].append(
                .transaction(
                    records, open.flatMap { WrittenMessage.all(in: $0.outbox) }, positions,
                    next: next))
            for outputs in open { held.giveBack(outputs) }
            open = []
            return
        }
        for task in books.due {
            let (records, next) = books.takeRecords(of: task)
            world.underWay[.journal, default: []].append(.journal(records, next: next))
        }
        while let outputs = held.next(where: { books.isDurable(task: $0, $1) }) {
            send(outputs, next: outputs.number + 1, &world)
        }
    }

    /// Offsets of what was acknowledged.
    mutating func commit(_ world: inout SimulatedWorld) {
        guard !committable.isEmpty else { return }
        world.underWay[.offsets, default: []].append(.offsets(committable))
        committable = [:]
    }

    /// The broker acknowledges the oldest write of a channel.
    mutating func acknowledge(
        _ channel: SimulatedWorld.Channel, _ world: inout SimulatedWorld
    ) {
        guard let write = world.underWay[channel]?.first else { return }
        world.underWay[channel]?.removeFirst()
        world.apply(write)
        switch write {
        case .journal(_, let next):
            books.noteWritten(task: 0, next: next, offset: Int64(world.journal.count - 1))
        case .outputs(_, let next, let positions):
            if let next { delivered = next }
            committable.merge(positions) { max($0, $1) }
        case .offsets: break
        case .transaction(let records, _, _, let next):
            delivered = next
            guard !records.isEmpty else { return }
            books.noteWritten(task: 0, next: next, offset: Int64(world.journal.count - 1))
        }
    }

    /// Begins a snapshot, writes a piece, or publishes it; writing may fail.
    mutating func snapshot(_ world: inout SimulatedWorld, using random: inout SeededGenerator) {
        guard var current = snapshot else {
            guard !task.isReplaying, task.chain.next > task.snapshotNext else { return }
            let head = SnapshotHead(
                task: 0, next: task.chain.next, owner: books.owner(ofTask: 0),
                journalOffset: books.offset(ofTask: 0), positions: task.chain.positions)
            var bytes = ByteWriter()
            head.append(to: &bytes)
            task.pipeline.beginSnapshot().append(to: &bytes)
            task.snapshotNext = head.next
            snapshot = (head, bytes.copy(), nil)
            return
        }
        snapshot = nil
        if Int.random(in: 0..<40, using: &random) == 0 {
            // The disk is full.
            task.pipeline.abandonSnapshot()
            return world.tear("0.part", current.bytes, using: &random)
        }
        if let next = current.next {
            guard delivered >= next else {
                snapshot = (current.head, current.bytes, next)
                return
            }
            let digits = String(current.head.next)
            let padding = String(repeating: "0", count: 20 - digits.count)
            world.files["0-\(padding)\(digits).snapshot"] = current.bytes
            let old = world.files.keys.filter { $0.hasSuffix(".snapshot") }.sorted(by: >)
            for name in old.dropFirst(SnapshotFolder.keptMax) { world.files[name] = nil }
            return
        }
        var piece = ByteWriter()
        let isDone = task.pipeline.continueSnapshot(
            bytesMax: Int.random(in: 1...4_000, using: &random), into: &piece)
        current.bytes += piece.copy()
        snapshot = (current.head, current.bytes, isDone ? task.chain.next : nil)
    }

    /// What it leaves on the disk when it is killed.
    mutating func die(_ world: inout SimulatedWorld, using random: inout SeededGenerator) {
        if let bytes = snapshot?.bytes { world.tear("0.part", bytes, using: &random) }
    }

    /// What it would still write to its journal, not knowing that it has lost the task: a batch of
    /// records that its successor reads too.
    func journalOfAZombie() -> SimulatedWorld.Write {
        let ranges = task.inputs.filter { $0.position < $0.end }.prefix(1).map {
            JournalRange($0.input, start: $0.position, end: $0.position + 1, count: 1)
        }
        let batch = JournalBatch(number: task.chain.next, ranges: Array(ranges))
        return .journal([.batches(owner: books.owner(ofTask: 0), [batch])], next: batch.number + 1)
    }

    /// Whether all that there is was used, delivered and committed.
    func isDone(_ world: borrowing SimulatedWorld) -> Bool {
        !task.isReplaying && open.isEmpty && held.isEmpty && committable.isEmpty
            && world.underWay.values.allSatisfy(\.isEmpty) && books.due.isEmpty
            && task.inputs.allSatisfy { $0.position >= $0.end }
    }

    /// The whole state as bytes.
    mutating func state() -> [UInt8] { Snapshot.bytes(&task.pipeline) }
}

extension SimulatedWorld {
    /// The inputs for a worker that begins now.
    func sources(at positions: [JournalInput: Int64]) -> [ListedSource] {
        inputs.sorted { $0.key < $1.key }.map {
            ListedSource(
                $0.key, $0.value, arrived: arrived[$0.key, default: 0],
                committed: committed[$0.key] ?? 0, position: positions[$0.key] ?? 0)
        }
    }
}

extension JournalInput {
    fileprivate var simulatedPartition: TopicPartition {
        TopicPartition(stream == .events ? "events" : "labels", partition)
    }

    fileprivate init(_ partition: TopicPartition) {
        self.init(partition.topic == "events" ? .events : .labels, partition.partition)
    }
}
