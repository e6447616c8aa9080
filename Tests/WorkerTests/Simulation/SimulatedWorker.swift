import Bytes
import Kafka
import Pipeline
import PipelineFixture
import TestSupport

@testable import Worker

/// A worker in a simulated world, made of the parts of the real one: its tasks, merge, books, held
/// outputs, journal, snapshots. Every action is one that the real loop may take next.
final class SimulatedWorker {
    let number: Int
    private let settings: PipelineSettings
    private let isTransactional: Bool
    private var tasks: [Int: StreamTask<ListedSource>] = [:]
    /// Tasks given back in good order, and where their journals are read on.
    private var parked: [Int: (task: StreamTask<ListedSource>, offset: Int)] = [:]
    var books: JournalBooks
    private var held = HeldQueue()
    private var open: [HeldOutputs] = []
    var sent = SentWrites()
    private var delivered: [Int: UInt64] = [:]
    private var committable: [JournalInput: Int64] = [:]
    private var snapshot: SimulatedSnapshot?
    /// By task, what the next snapshot may build upon.
    private var chains: [Int: SnapshotChain] = [:]

    init(
        _ number: Int, _ settings: PipelineSettings, isTransactional: Bool, owner first: UInt64
    ) {
        self.number = number
        self.settings = settings
        self.isTransactional = isTransactional
        books = JournalBooks(firstOwner: first)
    }

    /// The tasks that it believes to hold.
    var taskNumbers: [Int] { tasks.keys.sorted() }

    // MARK: The group's offers and demands

    /// Takes tasks over: each from where it parked it, or from the newest snapshot that can be
    /// read, and the journal from there on.
    func take(_ numbers: [Int], _ world: inout SimulatedWorld) throws {
        for number in numbers {
            let owner = books.open(task: number, isTakeoverWritten: !isTransactional)
            if !isTransactional {
                let takeover = SentWrites.Write.journal(
                    task: number, [.takeover(owner: owner)], next: 0)
                _ = world.apply(takeover, by: self.number)
            }
            let task = try recover(number, world)
            tasks[number] = task
            delivered[number] = task.next
        }
        parked.removeAll()
    }

    private func recover(
        _ number: Int, _ world: SimulatedWorld
    ) throws -> StreamTask<ListedSource> {
        let (task, from) =
            try parked[number].map { parked in
                let sources = world.sources(of: number, at: parked.task.chain.positions)
                parked.task.resume(sources, mergePatience: .zero, isReplayOpen: true)
                return (parked.task, parked.offset)
            } ?? restore(number, world)
        for (place, bytes) in (world.journals[number] ?? []).enumerated().dropFirst(from) {
            try task.follow(try unsafe JournalRecord(bytes.span.bytes))
            books.noteRead(task: number, next: task.chain.next, offset: Int64(place))
        }
        task.isReplayOpen = false
        for input in task.inputs {
            let journalled = task.chain.positions[input.input] ?? 0
            guard input.committed <= journalled else {
                throw RecoveryError.journalBehind(
                    task: number, input.input, journalled: journalled, committed: input.committed)
            }
        }
        return task
    }

    private func restore(
        _ number: Int, _ world: SimulatedWorld
    ) throws -> (StreamTask<ListedSource>, from: Int) {
        for name in SimulatedSnapshot.names(of: number, in: world) {
            do { return try SimulatedSnapshot.read(name, world, settings) } catch {
                guard world.damaged.contains(number) else { throw error }
            }
        }
        let task = StreamTask(
            number, try EventPipeline(settings), JournalChain(task: number),
            world.sources(of: number, at: [:]), mergePatience: .zero, isReplayOpen: true)
        return (task, 0)
    }

    /// Delivers and commits what is under way, and gives everything back; what stands where its
    /// journal ends is kept in case that it returns.
    func giveBack(_ world: inout SimulatedWorld) {
        settle(&world)
        for (number, task) in tasks where !task.isReplaying {
            parked[number] = (task, Int(books.offset(ofTask: number)))
        }
        drop()
    }

    /// The group has gone on without it: what it has is worth nothing, and what it has sent may
    /// still arrive.
    func lose() {
        for outputs in open { held.giveBack(outputs) }
        open = []
        committable = [:]
        drop()
    }

    private func drop() {
        abandonSnapshot()
        for number in tasks.keys {
            held.drop(task: number)
            books.close(task: number)
        }
        tasks = [:]
    }

    /// Until nothing is under way.
    private func settle(_ world: inout SimulatedWorld) {
        repeat {
            deliver(&world)
            for channel in SentWrites.Channel.allCases {
                while !sent.isEmpty(channel) { acknowledge(channel, &world) }
            }
            commit(&world)
        } while !sent.isEmpty || !books.due.isEmpty || !held.isEmpty || !open.isEmpty
    }

    // MARK: Turns

    /// One turn of one of its tasks.
    func step(_ world: inout SimulatedWorld, using random: inout SeededGenerator) throws {
        guard let number = taskNumbers.randomElement(using: &random), let task = tasks[number]
        else { return }
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
        outputs.note(turn, of: number, at: positions, next: task.next)
        guard turn.used > 0 else {
            // Looks at alerts, and now and then has one to tell while batches wait.
            guard !held.isEmpty, Bool.random(using: &random) else { return held.giveBack(outputs) }
            return send(outputs, next: nil)
        }
        if let batch = turn.batch { books.append(batch, task: number) }
        if isTransactional {
            outputs.number = task.next
            open.append(outputs)
        } else if turn.batch != nil {
            held.append(outputs)
        } else {
            send(outputs, next: task.next)
        }
    }

    private func copy(_ outputs: HeldOutputs, next: UInt64?) -> SentWrites.Outputs {
        let places = outputs.positions.map { (JournalInput($0.partition), $0.offset) }
        return SentWrites.Outputs(
            task: outputs.task, messages: WrittenMessage.all(in: outputs.outbox), next: next,
            positions: Dictionary(places, uniquingKeysWith: max))
    }

    private func send(_ outputs: HeldOutputs, next: UInt64?) {
        sent.append(.outputs(copy(outputs, next: next)))
        held.giveBack(outputs)
    }

    /// Writes the journal and sends what it has; or puts all into a transaction.
    func deliver(_ world: inout SimulatedWorld) {
        if isTransactional { return beginTransaction() }
        for task in books.due {
            let (records, next) = books.takeRecords(of: task)
            sent.append(.journal(task: task, records, next: next))
        }
        while let outputs = held.next(where: { books.isDurable(task: $0, $1) }) {
            send(outputs, next: outputs.number + 1)
        }
    }

    private func beginTransaction() {
        guard !open.isEmpty, sent.isEmpty(.transactions) else { return }
        var parts: [Int: (records: [JournalRecord], outputs: SentWrites.Outputs)] = [:]
        for outputs in open {
            let added = copy(outputs, next: outputs.number)
            var part = parts[outputs.task] ?? ([], added)
            if parts[outputs.task] != nil {
                part.outputs.messages += added.messages
                part.outputs.next = added.next
                part.outputs.positions.merge(added.positions) { max($0, $1) }
            }
            parts[outputs.task] = part
            held.giveBack(outputs)
        }
        for task in books.due {
            parts[task]?.records = books.takeRecords(of: task).records
        }
        open = []
        sent.append(.transaction(parts.sorted { $0.key < $1.key }.map(\.value)))
    }

    /// Offsets of what was acknowledged.
    func commit(_ world: inout SimulatedWorld) {
        guard !committable.isEmpty else { return }
        sent.append(.offsets(committable))
        committable = [:]
    }

    /// The broker answers the oldest write of a channel.
    func acknowledge(_ channel: SentWrites.Channel, _ world: inout SimulatedWorld) {
        guard let write = sent.next(channel) else { return }
        let isDone = world.apply(write, by: number)
        switch write {
        case .journal(let task, _, let next):
            books.noteAcknowledged(task: task, next: next, offset: world.lastOffset(of: task))
            settleDoubts(world)
        case .outputs(let outputs):
            // What a task was given up with is told of by its successor.
            guard tasks[outputs.task] != nil else { return }
            if let next = outputs.next { delivered[outputs.task] = next }
            committable.merge(outputs.positions) { max($0, $1) }
        case .offsets: if !isDone { committable = [:] }
        case .transaction(let parts):
            guard isDone else { return lose() }
            for part in parts {
                guard let next = part.outputs.next else { continue }
                delivered[part.outputs.task] = next
                if !part.records.isEmpty { noteWritten(part.outputs.task, next, world) }
            }
        }
    }

    private func noteWritten(_ task: Int, _ next: UInt64, _ world: borrowing SimulatedWorld) {
        books.noteWritten(task: task, next: next, offset: world.lastOffset(of: task))
    }

    /// Looks whether someone else took a task over.
    private func settleDoubts(_ world: borrowing SimulatedWorld) {
        for doubt in books.takeDoubts() {
            let others = (world.journals[doubt.task] ?? [])[
                Int(doubt.others.lowerBound)..<Int(doubt.others.upperBound)]
            let isLost = others.contains { bytes in
                (try? unsafe JournalRecord(bytes.span.bytes)).map(doubt.isLoss) ?? false
            }
            if isLost { lose() } else { books.dispel(doubt) }
        }
    }

    // MARK: Snapshots

    /// Begins a snapshot of one of its tasks, writes a piece, or publishes it; writing may fail.
    func snapshot(_ world: inout SimulatedWorld, using random: inout SeededGenerator) {
        guard let current = snapshot, let task = tasks[current.task] else {
            snapshot = beginSnapshot(using: &random)
            return
        }
        if Int.random(in: 0..<40, using: &random) == 0 {
            // The disk is full.
            abandonSnapshot()
            return world.tear(current.temporaryName, current.bytes, using: &random)
        }
        if let next = current.next {
            guard delivered[current.task] ?? 0 >= next else { return }
            current.publish(in: &world)
            note(current.head)
            snapshot = nil
            return
        }
        var piece = ByteWriter()
        let isDone = task.pipeline.continueSnapshot(
            bytesMax: Int.random(in: 1...4_000, using: &random), into: &piece)
        snapshot?.bytes += piece.copy()
        if isDone { snapshot?.next = task.chain.next }
    }

    private func beginSnapshot(using random: inout SeededGenerator) -> SimulatedSnapshot? {
        let due = tasks.values.filter { !$0.isReplaying && $0.chain.next > $0.snapshotNext }
            .sorted { $0.number < $1.number }
        guard let task = due.randomElement(using: &random) else { return nil }
        var head = SnapshotHead(
            task: task.number, next: task.chain.next, owner: books.owner(ofTask: task.number),
            journalOffset: books.offset(ofTask: task.number), positions: task.chain.positions)
        // As if little had changed, of much.
        if task.pipeline.hasSnapshotBefore, let chain = chains[task.number],
            chain.takes(head, after: task.snapshotNext, changedShare: 0)
        {
            head.build(upon: chain)
        } else {
            head.chain = .random(in: 0 ... .max, using: &random)
        }
        task.snapshotNext = head.next
        return SimulatedSnapshot(head, task.pipeline.beginSnapshot(sinceLast: head.base != nil))
    }

    private func note(_ head: SnapshotHead) {
        if head.base == nil {
            chains[head.task] = SnapshotChain(head, byteCount: 1)
        } else {
            chains[head.task]?.append(head, byteCount: 0)
        }
    }

    private func abandonSnapshot() {
        guard let current = snapshot else { return }
        tasks[current.task]?.pipeline.abandonSnapshot()
        snapshot = nil
    }

    // MARK: Ends

    /// What it leaves when it is killed.
    func die(_ world: inout SimulatedWorld, using random: inout SeededGenerator) {
        if let snapshot { world.tear(snapshot.temporaryName, snapshot.bytes, using: &random) }
        sent.crash(&world, worker: number, using: &random)
    }

    /// Whether all that there is of its tasks was used, delivered and committed.
    var isDone: Bool {
        open.isEmpty && held.isEmpty && committable.isEmpty && sent.isEmpty && books.due.isEmpty
            && tasks.values.allSatisfy { task in
                !task.isReplaying && task.inputs.allSatisfy { $0.position >= $0.end }
            }
    }

    /// The whole state of its tasks as bytes.
    func states() -> [Int: [UInt8]] { tasks.mapValues { Snapshot.bytes(&$0.pipeline) } }
}

extension JournalInput {
    fileprivate var simulatedPartition: TopicPartition {
        TopicPartition(stream == .events ? "events" : "labels", partition)
    }

    fileprivate init(_ partition: TopicPartition) {
        self.init(partition.topic == "events" ? .events : .labels, partition.partition)
    }
}
