internal import Kafka
internal import Worker

/// Every topic of the service, in one place.
extension WorkerSettings {
    /// Those that it reads and others write.
    var inputTopics: [String] { [eventsTopic, labelsTopic].compactMap(\.self) }

    /// Those that it writes, as it makes them where they are missing.
    ///
    /// - Parameter partitions: of the events' topic.
    func outputTopics(partitions: Int) -> [TopicSpecification] {
        let compacted = ["cleanup.policy": "compact"]
        let everything = ["retention.ms": "-1"]
        var topics = [
            // They bear the time of their events, and the broker deletes by it.
            TopicSpecification(predictionsTopic, partitions: partitions),
            // They wait for someone to settle them, however old they are.
            TopicSpecification(deadLettersTopic, partitions: 1, configuration: everything),
            // State is rebuilt from it, however long ago it began.
            TopicSpecification(journalTopic, partitions: partitions, configuration: everything),
        ]
        if let featuresTopic {
            topics.append(
                TopicSpecification(featuresTopic, partitions: 1, configuration: compacted))
        }
        if let snapshotTopic {
            topics.append(
                TopicSpecification(
                    snapshotTopic.name, partitions: partitions, configuration: compacted))
        }
        if case .single(let controlTopic) = tasks {
            topics.append(TopicSpecification(controlTopic, partitions: 1))
        }
        // Windows of a replayed past are news all the same.
        let byArrival = ["message.timestamp.type": "LogAppendTime"]
        for topic in [driftTopic, alertsTopic].compactMap(\.self) {
            topics.append(
                TopicSpecification(topic, partitions: 1, configuration: byArrival))
        }
        return topics
    }
}

extension EmbeddedBroker {
    /// Makes every topic of a service.
    func createTopics(_ settings: WorkerSettings, partitions: Int) throws(KafkaError) {
        for topic in settings.inputTopics { try createTopic(topic, partitions: partitions) }
        for topic in settings.outputTopics(partitions: partitions) {
            try createTopic(topic.name, partitions: topic.partitions)
        }
    }
}
