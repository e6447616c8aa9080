internal import Kafka
internal import Pipeline

/// The unit of order and state: a pipeline, and the partitions whose records it takes in the order
/// of time.
final class StreamTask {
    var pipeline: EventPipeline
    private var merge: Merge
    /// When alerts were last looked at.
    var lastTick = ContinuousClock.now
    /// Records taken together: which input, and their place in its batch.
    private var group: [(input: Int, place: Int)] = []

    init(_ pipeline: consuming EventPipeline, _ inputs: [StreamInput], mergePatience: Duration) {
        self.pipeline = pipeline
        merge = Merge(inputs, patience: mergePatience)
    }

    var inputs: [StreamInput] { merge.inputs }

    /// Goes on with new inputs, which stand where the old ones did.
    func resume(_ inputs: [StreamInput], mergePatience: Duration) {
        merge = Merge(inputs, patience: mergePatience)
    }

    /// Steps through at most `recordsMax` records, or until the outbox holds `bytesMax`; their
    /// outputs are in the outbox, except those of records whose outputs an earlier run committed.
    ///
    /// - Parameter latency: gets, for each stretch of records taken together, when and how many.
    /// - Returns: records used.
    func run(
        upTo recordsMax: Int, bytesMax: Int, into outbox: inout Outbox,
        latency: inout LatencyStretches
    ) -> Int {
        var used = 0
        merge.reconsider()
        while used < recordsMax, outbox.byteCount < bytesMax {
            takeGroup(upTo: recordsMax - used)
            if group.isEmpty { break }
            for (input, place) in group { step(merge.inputs[input], place, &outbox, &latency) }
            used += group.count
        }
        return used
    }

    /// Fills the group with the next records and lets the pipeline look ahead to them. A group ends
    /// with the last record of a batch, because asking for another one gives those back.
    private func takeGroup(upTo recordsMax: Int) {
        group.removeAll(keepingCapacity: true)
        while group.count < min(recordsMax, EventPipeline.lookAheadMax), let input = merge.next() {
            let place = merge.inputs[input].take()
            merge.inputs[input].lookAhead(&pipeline, to: place)
            group.append((input, place))
            if merge.inputs[input].isDrained { return }
        }
    }

    private func step(
        _ input: StreamInput, _ place: Int, _ outbox: inout Outbox,
        _ latency: inout LatencyStretches
    ) {
        let mark = outbox.mark
        input.step(&pipeline, with: place, into: &outbox)
        if input.isReplay(place) {
            outbox.rewind(to: mark)
        } else {
            latency.note(input.takenAt)
        }
    }

    /// Whether the state stands where the group's offsets do.
    ///
    /// - Parameter committed: of all partitions of the task; those without stand at the beginning.
    func stands(at committed: [TopicPartition: Int64]) -> Bool {
        let positions = inputs.map { ($0.partition, $0.position) }
        return Dictionary(positions, uniquingKeysWith: max).filter { $0.value > 0 }
            == committed.filter { $0.value > 0 }
    }

    /// The offsets that may be committed once everything in the outbox is acknowledged.
    var positions: [PartitionOffset] {
        inputs.filter { $0.position > $0.committed }
            .map { PartitionOffset($0.partition, $0.position) }
    }

    /// What its partitions met since the last call.
    func takeErrors() -> [KafkaError] { inputs.compactMap { $0.takeError() } }

    /// Records that were committed by an earlier run and are still to be replayed.
    var replayRemaining: Int64 {
        inputs.reduce(0) { $0 + max(0, $1.committed - $1.position) }
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
