internal import Events
internal import Kafka
internal import Pipeline

/// The group's offers and demands. It waits for our answer, so nothing moves before outputs are
/// delivered and offsets committed.
extension StreamWorker {
    mutating func answerGroup() throws(WorkerError) {
        while let event = consumer.poll() {
            switch event {
            case .assigned(let partitions, _): try take(partitions)
            case .revoked(let partitions, let lost, _): try giveBack(partitions, lost: lost)
            case .committed(let offsets, let failure): noteCommitted(offsets, failure)
            case .error(let error): try endure(error)
            case .statistics: break
            }
        }
    }

    private mutating func noteCommitted(_ offsets: [PartitionOffset], _ failure: KafkaError?) {
        isCommitting = false
        if let failure { return note(failure) }
        deliveries.noteCommitted(offsets)
        status.commits += 1
    }

    private mutating func take(_ offered: [TopicPartition]) throws(WorkerError) {
        let inputs: [Int: [StreamInput]]
        do throws(KafkaError) { inputs = try open(offered) } catch { throw .kafka(error) }
        for (number, inputs) in inputs { tasks[number] = try task(number, inputs) }
        parked.removeAll()
    }

    /// Takes over what was offered; a single task also takes the data that the offer stands for.
    private mutating func open(
        _ offered: [TopicPartition]
    ) throws(KafkaError) -> [Int: [StreamInput]] {
        var wanted = offered
        if case .single = settings.tasks, !offered.isEmpty { wanted += try dataPartitions() }
        let committed = try committedOffsets(of: wanted)
        parked = parked.filter { number, task in
            task.stands(at: committed.filter { settings.tasks.number(of: $0.key) == number })
        }
        try consumer.assign(wanted.map { start(of: $0, committed: committed[$0]) })
        var inputs: [Int: [StreamInput]] = [:]
        for partition in wanted where settings.dataTopics.contains(partition.topic) {
            inputs[settings.tasks.number(of: partition), default: []].append(
                try input(partition, committed: committed[partition] ?? 0))
        }
        return inputs
    }

    /// Stops reading, delivers and commits what was read, and gives the partitions back. A lost
    /// partition may already be someone else's: nothing is committed for it.
    private mutating func giveBack(
        _ partitions: [TopicPartition], lost: Bool
    ) throws(WorkerError) {
        let numbers = Set(partitions.map(settings.tasks.number))
        if lost {
            deliveries.abandon()
        } else if try settleBeforeLeaving() {
            for number in numbers { parked[number] = tasks[number] }
        }
        for number in numbers { tasks[number] = nil }
        do throws(KafkaError) {
            try consumer.unassign(partitions)
        } catch {
            try endure(error)
        }
    }

    /// False if the group has gone on without us meanwhile, so that everything counts as lost:
    /// others read and publish it again.
    mutating func settleBeforeLeaving() throws(WorkerError) -> Bool {
        do throws(WorkerError) {
            try settle()
            return true
        } catch {
            guard case .kafka(let failure) = error, failure.code.meansGroupWentOn else {
                throw error
            }
            note(failure)
            deliveries.abandon()
            return false
        }
    }

    // MARK: Where to begin

    private func dataPartitions() throws(KafkaError) -> [TopicPartition] {
        var partitions: [TopicPartition] = []
        for topic in settings.dataTopics {
            let count = try consumer.partitionCount(of: topic, within: settings.connectPatience)
            partitions += (0..<count).map { TopicPartition(topic, $0) }
        }
        return partitions
    }

    private func committedOffsets(
        of partitions: [TopicPartition]
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        let committed = try consumer.committed(partitions, within: settings.connectPatience)
        return Dictionary(
            committed.map { ($0.partition, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// A returned task goes on where it was; a new one replays what was committed before it.
    private func start(of partition: TopicPartition, committed: Int64?) -> PartitionStart {
        guard let committed else { return PartitionStart(partition, from: .committed) }
        let isParked = parkedPosition(of: partition) != nil
        return PartitionStart(partition, from: isParked ? .offset(committed) : .beginning)
    }

    private func parkedPosition(of partition: TopicPartition) -> Int64? {
        parked[settings.tasks.number(of: partition)]?.inputs.first { $0.partition == partition }?
            .position
    }

    private func input(
        _ partition: TopicPartition, committed: Int64
    ) throws(KafkaError) -> StreamInput {
        StreamInput(
            try consumer.queue(of: partition),
            stream: partition.topic == settings.eventsTopic ? .events : .labels,
            committed: committed, position: parkedPosition(of: partition) ?? 0,
            batchRecordsMax: settings.batchRecordsMax)
    }

    private func task(_ number: Int, _ inputs: [StreamInput]) throws(WorkerError) -> StreamTask {
        if let parked = parked[number] {
            parked.resume(inputs, mergePatience: settings.mergePatience)
            return parked
        }
        do throws(SchemaError) {
            return StreamTask(
                try EventPipeline(pipelineSettings), inputs, mergePatience: settings.mergePatience)
        } catch {
            throw .schema(error)
        }
    }
}

extension KafkaError.Code {
    /// The group refuses a commit because it no longer counts us in.
    fileprivate var meansGroupWentOn: Bool {
        self == .illegalGeneration || self == .unknownMember || self == .rebalanceInProgress
    }
}
