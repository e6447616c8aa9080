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
        case .undelivered(let count, let first):
            "\(count) outputs were not delivered\(first.map { ": \($0)" } ?? "") "
                + "Their records are not committed and will be read again at the next start."
        }
    }
}
