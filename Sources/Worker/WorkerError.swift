public import Events
public import Kafka

/// Why a worker ended other than by being asked to. Nothing is lost: what was not committed is read
/// again.
public enum WorkerError: Error, Equatable, Sendable {
    case kafka(KafkaError)
    case schema(SchemaError)
    /// Events and labels must be partitioned alike, so that an event and its label meet in one
    /// task.
    case partitionsDiffer(events: Int, labels: Int)
    /// A task's journal could not be read to its end in time.
    case journalSilent(task: Int, last: KafkaError?)
    /// State could not be had back.
    case recovery(RecoveryError)
    /// Outputs that the broker refused, or did not acknowledge in time.
    case undelivered(count: Int, first: KafkaError?)
}

extension WorkerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kafka(let error): "\(error)"
        case .schema(let error): "\(error)"
        case .partitionsDiffer(let events, let labels):
            "found \(events) partitions of events and \(labels) of labels; expected as many"
        case .journalSilent(let task, let last):
            "no answer while reading the journal of task \(task); "
                + (last.map { "\($0)" } ?? "the broker may be busy or gone")
        case .recovery(let error): "\(error)"
        case .undelivered(let count, let first):
            "\(count) outputs were not delivered\(first.map { ": \($0)" } ?? "") "
                + "Their records are not committed and will be read again at the next start."
        }
    }
}

extension WorkerError {
    /// Whether a worker made anew may succeed where this one ended: its client is spoilt, but
    /// nobody else took its place.
    public var mayPassWithAnotherWorker: Bool {
        guard case .kafka(let error) = self else { return false }
        switch error.code {
        case .producerFenced, .fenced, .fencedInstance, .invalidProducerEpoch: return false
        case .noOffsetReset: return true
        default: return error.isFatal || error.requiresAbort
        }
    }
}
