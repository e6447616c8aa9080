internal import Events
internal import Features
internal import Kafka
internal import Project
internal import Worker

/// From a project's words to a worker's settings.
extension ProjectFile {
    /// The control topic, whose only partition elects the instance that runs a single task.
    var controlTopic: String { "\(name).control" }

    /// Which records each batch took, so that state can be had back exactly.
    var journalTopic: String { "\(name).journal" }

    /// Snapshots on their way between machines; compacted.
    var snapshotTopicName: String { "\(name).snapshots" }

    /// librdkafka's properties; the group is named after the project unless the file says
    /// otherwise.
    var clientProperties: ClientProperties {
        var properties = ClientProperties(kafka.map { ($0.name, $0.value) })
        properties.setDefault("bootstrap.servers", "localhost:9092")
        properties.setDefault("client.id", "espalier-\(name)")
        return properties
    }

    /// - Parameter instance: tells this process from others of the project, and a run of it from no
    ///   other: its next run has its place in the group and ends what it left open. Nil for one
    ///   that leaves nothing to a next run.
    func workerSettings(_ plan: FeaturePlan, instance: String? = nil) -> WorkerSettings {
        let properties = clientProperties
        var consumer = properties
        consumer.setDefault("group.id", name)
        if let instance { consumer.setDefault("group.instance.id", instance) }
        var producer = properties
        // Below the millisecond that librdkafka's threads sleep at least: with more, what is sent
        // after a pause waits for the next send to wake them.
        producer.setDefault("linger.ms", "0.5")
        var settings = WorkerSettings(
            consumer: consumer, producer: producer, eventsTopic: events.topic,
            labelsTopic: labels?.topic, predictionsTopic: topic(.predictions),
            deadLettersTopic: topic(.deadLetter), journalTopic: journalTopic,
            tasks: isSpreadByKey(plan) ? .perPartition : .single(controlTopic: controlTopic))
        if observation.isEnabled, observation.publishEveryMillis != nil {
            settings.featuresTopic = topic(.features)
        }
        settings.snapshotFolder = delivery.snapshots.map { SnapshotFolder($0) }
        if delivery.sharesSnapshots {
            settings.snapshotTopic = SnapshotTopic(
                snapshotTopicName, consumer: consumer, producer: producer,
                within: settings.connectPatience)
        }
        settings.snapshotInterval = .milliseconds(delivery.snapshotMillis)
        if delivery.guarantee == .exactlyOnce {
            let instance = instance ?? String(UInt64.random(in: 0 ... .max), radix: 16)
            settings.guarantee = .exactlyOnce(id: "\(name)-\(instance)")
            settings.commitInterval = .milliseconds(100)
        }
        if let millis = delivery.commitMillis { settings.commitInterval = .milliseconds(millis) }
        return settings
    }

    func topic(_ output: OutputTopic) -> String { self.output.topics[output] ?? "" }

    /// Whether every entity is the field that the file declares as the records' key.
    func isSpreadByKey(_ plan: FeaturePlan) -> Bool {
        let key = events.schema.fields[events.key].name
        return events.isKeyDeclared && plan.entities.allSatisfy { $0 == key }
    }
}
