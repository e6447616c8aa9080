internal import Kafka

extension Admin {
    /// Makes those of the topics that are missing.
    ///
    /// - Parameter wait: for each answer.
    func createMissing(
        _ topics: [TopicSpecification], within wait: Duration
    ) throws(KafkaError) {
        for topic in topics {
            do throws(KafkaError) { _ = try describe(topic.name, within: wait) } catch {
                guard error.code.isUnknownTopic else { throw error }
                _ = try create([topic], within: wait)
            }
        }
    }
}

extension KafkaError.Code {
    var isUnknownTopic: Bool { self == .unknownTopic || self == .unknownTopicOrPartition }
}
