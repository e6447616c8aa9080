internal import Bytes
public import Kafka
internal import Pipeline

/// Begins a project's history anew at other offsets: state is discarded, and what lies behind the
/// offsets is read, scored and published again. For when no worker runs.
public struct StreamReset: ~Copyable {
    /// Where to begin.
    public enum Place: Equatable, Sendable {
        case earliest
        /// The first records that are not older, milliseconds since the Unix epoch.
        case time(Int64)
        /// One offset for every partition; cut to what a partition holds.
        case offset(Int64)
    }

    /// What becomes of one input.
    public struct Change: Equatable, Sendable {
        public var partition: TopicPartition
        /// What the group has committed; nil for nothing.
        public var committed: Int64?
        public var offset: Int64
        /// Its oldest record that is still there, and one past its newest.
        public var held: Range<Int64>
        /// One past its newest record.
        public var end: Int64 { held.upperBound }

        /// Records whose outputs were committed and will be published again.
        public var repeated: Int64 { max(0, min(committed ?? 0, end) - offset) }
        /// Records that were never read and will not be.
        public var skipped: Int64 {
            max(0, offset - max(committed ?? held.lowerBound, held.lowerBound))
        }
    }

    /// What becomes of one task's history.
    public struct TaskChange: Equatable, Sendable {
        public var task: Int
        /// Batches in its journal, whose state is discarded.
        public var batches: UInt64
        public var inputs: [Change]
    }

    private let settings: WorkerSettings
    private var consumer: Consumer

    public init(_ settings: WorkerSettings) throws(WorkerError) {
        self.settings = settings
        do throws(KafkaError) {
            var consumer = try Consumer(settings.consumer)
            try consumer.connect(within: settings.connectPatience)
            self.consumer = consumer
        } catch { throw .kafka(error) }
    }

    /// What a reset to the place would do; changes nothing.
    public mutating func plan(to place: Place) throws(WorkerError) -> [TaskChange] {
        var partitions: [TopicPartition] = []
        let wait = settings.connectPatience
        for topic in settings.dataTopics {
            let count = try call { () throws(KafkaError) in
                try consumer.partitionCount(of: topic, within: wait)
            }
            partitions += (0..<count).map { TopicPartition(topic, $0) }
        }
        let found: [Change]
        do throws(KafkaError) { found = try changes(partitions, to: place) } catch {
            throw .kafka(error)
        }
        var tasks: [TaskChange] = []
        let byTask = Dictionary(grouping: found) { settings.tasks.number(of: $0.partition) }
        for (task, inputs) in byTask.sorted(by: { $0.key < $1.key }) {
            tasks.append(
                TaskChange(task: task, batches: try journalEnd(of: task), inputs: inputs))
        }
        return tasks
    }

    private func changes(
        _ partitions: [TopicPartition], to place: Place
    ) throws(KafkaError) -> [Change] {
        let wait = settings.connectPatience
        let committed = Dictionary(
            try consumer.committed(partitions, within: wait).map { ($0.partition, $0.offset) },
            uniquingKeysWith: max)
        var times: [TopicPartition: Int64] = [:]
        if case .time(let millis) = place {
            for found in try consumer.offsets(of: partitions, since: millis, within: wait) {
                times[found.partition] = found.offset
            }
        }
        var changes: [Change] = []
        for partition in partitions {
            let held = try consumer.watermarks(of: partition, within: wait)
            let wanted: Int64 =
                switch place {
                case .earliest: held.lowerBound
                case .time: times[partition] ?? held.upperBound
                case .offset(let offset): offset
                }
            changes.append(
                Change(
                    partition: partition, committed: committed[partition],
                    offset: min(max(wanted, held.lowerBound), held.upperBound),
                    held: held))
        }
        return changes
    }

    /// The number of the batch behind the last one in the journal.
    private func journalEnd(of task: Int) throws(WorkerError) -> UInt64 {
        try JournalTail(settings, task: task, from: nil, until: nil)
            .survey(within: settings.connectPatience).next
    }

    /// Does what was planned: first the journal tells that history begins anew, then the group's
    /// offsets move. Repeating it after a failure in between is safe.
    ///
    /// - Throws: the group's refusal while it has members: a worker still runs.
    public mutating func perform(_ tasks: [TaskChange]) throws(WorkerError) {
        let wait = settings.connectPatience
        let offsets = tasks.flatMap(\.inputs).map { PartitionOffset($0.partition, $0.offset) }
        let current = offsets.map { offset in
            PartitionOffset(
                offset.partition,
                tasks.lazy.flatMap(\.inputs).first { $0.partition == offset.partition }?.committed
                    ?? 0)
        }
        // A commit of what stands there already, to learn whether the group lets us.
        try call { () throws(KafkaError) in try consumer.commit(current, within: wait) }
        try writeOrigins(tasks)
        try call { () throws(KafkaError) in try consumer.commit(offsets, within: wait) }
    }

    private func writeOrigins(_ tasks: [TaskChange]) throws(WorkerError) {
        var producer = try call { () throws(KafkaError) in try Producer(settings.producer) }
        let topic = try call { () throws(KafkaError) in
            try producer.topic(settings.journalTopic)
        }
        for task in tasks {
            let positions = Dictionary(
                task.inputs.map { change in
                    let isEvents = change.partition.topic == settings.eventsTopic
                    return (
                        JournalInput(isEvents ? .events : .labels, change.partition.partition),
                        change.offset
                    )
                }, uniquingKeysWith: max)
            var bytes = ByteWriter()
            // Number 0 would say that there never was a journal.
            JournalRecord.origin(number: max(1, task.batches), positions: positions)
                .append(to: &bytes)
            do throws(KafkaError) {
                try producer.send(
                    to: topic, .partition(task.task), key: nil, value: bytes.bytes,
                    timestampMillis: 0)
            } catch { throw .kafka(error) }
        }
        // Offsets must not move before every journal says why.
        do throws(KafkaError) { try producer.settle(within: settings.connectPatience) } catch {
            throw .kafka(error)
        }
    }
}
