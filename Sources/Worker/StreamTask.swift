internal import Drift
internal import Kafka
internal import Model
internal import Pipeline

/// The unit of order, state, journal and snapshot: a pipeline, and the partitions whose records it
/// takes in the order of time.
final class StreamTask<Source: RecordSource> {
    let number: Int
    /// Told with alerts; nil for the only task of a project.
    let partition: Int?
    var pipeline: EventPipeline
    private var merge: Merge<Source>
    /// When alerts were last looked at.
    var lastTick = ContinuousClock.now
    /// Whether alerts began or ended without a batch since the newest snapshot.
    var hasUnsavedAlerts = false
    /// The history that the journal tells, batches of this run included.
    private(set) var chain: JournalChain
    /// The first batch that the newest snapshot does not hold.
    var snapshotNext: UInt64 = 0
    /// Batches of earlier runs that are to be stepped again; the first one is under way.
    private var replay: [PastBatch] = []
    private var isInBatch = false
    /// Records taken together: which input, and their place there.
    private var group: [(input: Int, place: Int)] = []
    /// What the batch under way has taken of each input.
    private var taken: [JournalRange?]
    /// Whether more batches of earlier runs may follow.
    var isReplayOpen: Bool
    /// Where models come from that scored earlier batches; nil where they follow from the records.
    private let models: PastModels?
    /// A batch of what was committed before there was a journal: only its ends are known.
    private var isUnjournalled = false

    private struct PastBatch {
        var batch: JournalBatch
        /// When the journal got it; nil where that is not known.
        var writtenMillis: Int64?
    }

    init(
        _ number: Int, _ pipeline: consuming EventPipeline, _ chain: JournalChain,
        _ inputs: [Source], mergePatience: Duration, isReplayOpen: Bool,
        models: PastModels? = nil, partition: Int? = nil
    ) {
        self.number = number
        self.partition = partition
        self.models = models
        self.pipeline = pipeline
        self.chain = chain
        self.isReplayOpen = isReplayOpen
        merge = Merge(inputs, patience: mergePatience)
        taken = Array(repeating: nil, count: inputs.count)
    }

    var inputs: [Source] { merge.inputs }

    /// Goes on with new inputs, which stand where the old ones did.
    func resume(_ inputs: [Source], mergePatience: Duration, isReplayOpen: Bool) {
        merge = Merge(inputs, patience: mergePatience)
        taken = Array(repeating: nil, count: inputs.count)
        isInBatch = false
        replay.removeAll()
        self.isReplayOpen = isReplayOpen
    }

    /// Takes over the state of another task that stands where this one does. Alerts stay: receivers
    /// know of them.
    func exchangePipelines(with other: StreamTask) {
        swap(&pipeline, &other.pipeline)
        pipeline.takeAlerts(of: other.pipeline)
    }

    // MARK: Replay

    var isReplaying: Bool { isReplayOpen || !replay.isEmpty }

    /// The first batch that has not been stepped whole.
    var next: UInt64 { replay.first?.batch.number ?? chain.next }

    /// Whether more of the journal should be read.
    var wantsJournal: Bool { isReplayOpen && replay.count < Self.replayBatchesMax }

    private static var replayBatchesMax: Int { 1_000 }

    /// Takes the next record of the journal.
    ///
    /// - Parameter writtenMillis: when it was written: the time of alerts that its batches raise.
    func follow(_ record: JournalRecord, writtenMillis: Int64? = nil) throws(RecoveryError) {
        guard case .batches(let batches) = try chain.take(record) else { return }
        replay += batches.map { PastBatch(batch: $0, writtenMillis: writtenMillis) }
    }

    /// Takes everything below these offsets as one batch, whose outputs were committed before there
    /// was a journal.
    func replayUnjournalled(upTo ends: [JournalInput: Int64]) {
        let ranges = ends.sorted { $0.key < $1.key }.map {
            JournalRange($0.key, start: 0, end: $0.value, count: 0)
        }
        let batch = JournalBatch(number: chain.next, ranges: ranges)
        replay = [PastBatch(batch: batch, writtenMillis: nil)]
        isUnjournalled = true
    }

    // MARK: Steps

    /// What a turn did.
    struct Turn {
        /// Records used.
        var used = 0
        /// A batch that is not in the journal yet; its outputs wait for that.
        var batch: JournalBatch?
        /// Whether outputs of batches in the journal were written.
        var isReplay = false
        /// What receivers are to be told of batches of earlier runs that were not committed.
        var notifications: [AlertNotification] = []
    }

    /// Steps through at most `recordsMax` records, or until the outbox holds `bytesMax`; their
    /// outputs are in the outbox, except those of records whose outputs an earlier run committed.
    ///
    /// - Parameter latency: gets, for each stretch of records taken together, when and how many.
    func run(
        upTo recordsMax: Int, bytesMax: Int, into outbox: inout Outbox,
        note: (Source) -> Void
    ) throws(RecoveryError) -> Turn {
        if isReplaying {
            return try replay(upTo: recordsMax, bytesMax: bytesMax, into: &outbox)
        }
        var turn = Turn()
        merge.begin()
        clearTaken()
        while turn.used < recordsMax, outbox.byteCount < bytesMax {
            _ = takeGroup(upTo: recordsMax - turn.used)
            if group.isEmpty { break }
            for (index, place) in group {
                step(index, place, into: &outbox)
                note(merge.inputs[index])
            }
            turn.used += group.count
        }
        if turn.used > 0 { turn.batch = close() }
        return turn
    }

    /// Fills the group with the next records and lets the pipeline look ahead to them. A group ends
    /// with the last record that an input has here, because asking for another one gives those
    /// taken back.
    ///
    /// - Returns: what ended it.
    private func takeGroup(upTo recordsMax: Int, in batch: JournalBatch? = nil) -> GroupEnd {
        group.removeAll(keepingCapacity: true)
        while group.count < min(recordsMax, EventPipeline.lookAheadMax) {
            let index: Int
            switch merge.next() {
            case .record(let found): index = found
            case .wait: return .wait
            case .none: return .none
            }
            let source = merge.inputs[index]
            let isSkipped = batch.map { isBefore($0, source) } ?? false
            let place = source.take()
            if !isSkipped {
                source.lookAhead(&pipeline, to: place)
                group.append((index, place))
            }
            if source.isDrained { return .more }
        }
        return .more
    }

    private enum GroupEnd {
        case more, wait, none
    }

    /// Whether the next record lies before what the batch took.
    private func isBefore(_ batch: JournalBatch, _ source: Source) -> Bool {
        guard let range = batch.ranges.first(where: { $0.input == source.input }) else {
            return false
        }
        return source.offset < range.start
    }

    private func replay(
        upTo recordsMax: Int, bytesMax: Int, into outbox: inout Outbox
    ) throws(RecoveryError) -> Turn {
        var turn = Turn(isReplay: true)
        while turn.used < recordsMax, outbox.byteCount < bytesMax, let past = replay.first {
            let batch = past.batch
            if !isInBatch {
                try useModel(of: batch)
                merge.begin(
                    upTo: Dictionary(
                        batch.ranges.map { ($0.input, $0.end) }, uniquingKeysWith: max))
                clearTaken()
                isInBatch = true
            }
            let end = takeGroup(upTo: recordsMax - turn.used, in: batch)
            for (index, place) in group { step(index, place, into: &outbox) }
            turn.used += group.count
            switch end {
            case .more: continue
            case .wait: return turn
            case .none: break
            }
            isInBatch = false
            replay.removeFirst()
            turn.notifications += look(after: past, into: &outbox)
            if isUnjournalled {
                isUnjournalled = false
                turn.batch = close()
                return turn
            }
            try check(batch)
        }
        return turn
    }

    /// Raises and ends the alerts of a batch of an earlier run once more. What was committed with
    /// the batch, and told, is not said again.
    private func look(after past: PastBatch, into outbox: inout Outbox) -> [AlertNotification] {
        let clock = pipeline.clock
        guard clock != .min else { return [] }
        let mark = outbox.mark
        let notifications = pipeline.tick(
            now: past.writtenMillis ?? clock, partition: partition, into: &outbox)
        guard isCommitted(past.batch) else { return notifications }
        outbox.rewind(to: mark)
        return []
    }

    private func isCommitted(_ batch: JournalBatch) -> Bool {
        batch.ranges.allSatisfy { range in
            merge.inputs.first { $0.input == range.input }.map { $0.committed >= range.end } ?? true
        }
    }

    /// Scores a batch of an earlier run by the model that scored it then.
    private func useModel(of batch: JournalBatch) throws(RecoveryError) {
        guard let version = batch.model, version != pipeline.model.version else { return }
        do throws(ModelGone) {
            guard let models else { throw ModelGone(reason: "the project follows no registry") }
            pipeline.use(try models(version))
        } catch {
            throw .modelGone(
                task: number, batch: batch.number, version: version, reason: error.reason)
        }
    }

    private func step(_ index: Int, _ place: Int, into outbox: inout Outbox) {
        let source = merge.inputs[index]
        let mark = outbox.mark
        let offset = source.offset(place)
        source.step(&pipeline, with: place, into: &outbox)
        if offset < source.committed { outbox.rewind(to: mark) }
        var range =
            taken[index]
            ?? JournalRange(
                source.input, start: chain.positions[source.input] ?? offset, end: 0, count: 0)
        range.end = offset + 1
        range.count += 1
        taken[index] = range
    }

    private func clearTaken() {
        for index in taken.indices { taken[index] = nil }
    }

    /// The batch of everything taken, as the chain's next.
    private func close() -> JournalBatch {
        let batch = JournalBatch(
            number: chain.next, ranges: taken.compactMap(\.self),
            model: models == nil ? nil : pipeline.model.version)
        chain.append(batch)
        return batch
    }

    private func check(_ batch: JournalBatch) throws(RecoveryError) {
        for range in batch.ranges {
            let found = taken.first { $0?.input == range.input }??.count ?? 0
            guard found == range.count else {
                throw .recordsDiffer(
                    task: number, range.input, range.start..<range.end, found: found,
                    expected: range.count)
            }
        }
    }
}

/// When the records of a batch were taken from their queues: times and counts.
struct LatencyStretches {
    private(set) var stretches: [(takenAt: ContinuousClock.Instant, count: UInt64)] = []

    mutating func note(_ takenAt: ContinuousClock.Instant) {
        if let last = stretches.last, last.takenAt == takenAt {
            stretches[stretches.count - 1].count += 1
        } else {
            stretches.append((takenAt, 1))
        }
    }
}

extension StreamTask<StreamInput> {
    /// The offsets that may be committed once everything in the outbox is acknowledged.
    var positions: [PartitionOffset] {
        inputs.filter { $0.position > $0.committed }
            .map { PartitionOffset($0.partition, $0.position) }
    }

    /// Records of earlier runs that are still to be stepped again, as far as is known.
    var replayRemaining: Int64 {
        guard isReplaying else { return 0 }
        return inputs.reduce(0) { total, input in
            let end = max(chain.positions[input.input] ?? 0, input.committed)
            return total + max(0, end - input.position)
        }
    }
}
