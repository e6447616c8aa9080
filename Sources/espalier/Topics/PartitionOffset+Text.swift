internal import Kafka

extension PartitionOffset {
    /// From `topic/partition/offset`, as the headers of predictions and dead letters say it; nil
    /// for anything else. No topic's name has a slash.
    init?(position: String) {
        let parts = position.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let partition = Int(parts[1]),
            let offset = Int64(parts[2])
        else { return nil }
        self.init(TopicPartition(String(parts[0]), partition), offset)
    }

    /// `topic[partition]@offset`, as letters are named.
    var text: String { "\(self)" }
}
