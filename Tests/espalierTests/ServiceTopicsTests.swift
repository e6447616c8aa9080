import Kafka
import Testing
import Worker

@testable import Project
@testable import espalier

/// Every command that makes the service's topics makes the same.
@Suite struct ServiceTopicsTests {
    private func settings(_ change: (inout WorkerSettings) -> Void) -> WorkerSettings {
        var settings = WorkerSettings(
            consumer: [:], producer: [:], eventsTopic: "events", labelsTopic: "labels",
            predictionsTopic: "predictions", deadLettersTopic: "letters", journalTopic: "journal",
            tasks: .perPartition)
        change(&settings)
        return settings
    }

    @Test func everyTopicThatIsWrittenIsMade() {
        let least = settings { _ in }
        #expect(least.inputTopics == ["events", "labels"])
        #expect(
            least.outputTopics(partitions: 6).map(\.name) == ["predictions", "letters", "journal"])
        let all = settings {
            $0.tasks = .single(controlTopic: "control")
            $0.featuresTopic = "features"
            $0.driftTopic = "drift"
            $0.alertsTopic = "alerts"
            $0.snapshotTopic = SnapshotTopic(
                "snapshots", consumer: [:], producer: [:], within: .seconds(1))
        }.outputTopics(partitions: 6)
        #expect(
            Set(all.map(\.name)) == [
                "predictions", "letters", "journal", "features", "drift", "alerts", "snapshots",
                "control",
            ])
        #expect(
            Set(all.filter { $0.partitions == 6 }.map(\.name)) == [
                "predictions", "journal", "snapshots",
            ])
        let compacted = all.filter { $0.configuration["cleanup.policy"] == "compact" }
        #expect(Set(compacted.map(\.name)) == ["features", "snapshots"])
        let kept = all.filter { $0.configuration["retention.ms"] == "-1" }
        #expect(Set(kept.map(\.name)) == ["letters", "journal"])
    }

    @Test func aPositionIsTopicPartitionAndOffset() {
        let place = PartitionOffset(TopicPartition("card.events", 3), 42)
        #expect(PartitionOffset(position: "card.events/3/42") == place)
        for text in ["", "a/1", "a/b/1", "a/1/x", "a/1/2/3", "/1/2"] {
            #expect(PartitionOffset(position: text) == nil, "\(text)")
        }
    }
}
