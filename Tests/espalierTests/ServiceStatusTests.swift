import Features
import JSON
import Pipeline
import Testing
import Training
import Webhooks
import Worker

@testable import espalier

/// The workers' states as one.
@Suite struct ServiceStatusTests {
    private func worker(_ pipelines: PipelineStatus...) -> WorkerStatus {
        var status = WorkerStatus()
        status.pipelines = pipelines
        return status
    }

    @Test func theMeanLossIsThatOfAllJudgedPredictions() {
        var (few, many, none) = (PipelineStatus(), PipelineStatus(), PipelineStatus())
        (few.judged, few.meanLoss) = (1, 5)
        (many.judged, many.meanLoss) = (99, 1)
        none.meanLoss = nil
        #expect(ServiceStatus([worker(none, few), worker(many)]).meanLoss == 1.04)
        #expect(ServiceStatus([worker(none)]).meanLoss == nil)
    }

    @Test(arguments: [
        ([WorkerStatus.Phase.running, .restoring], WorkerStatus.Phase.restoring),
        ([.restoring, .standby], .restoring), ([.restoring, .replaying], .replaying),
        ([.stopped, .connecting], .connecting), ([.draining, .replaying], .draining),
    ])
    func theMostTellingPhaseIsShown(
        phases: [WorkerStatus.Phase], expected: WorkerStatus.Phase
    ) {
        let workers = phases.map { phase in
            var status = WorkerStatus()
            status.phase = phase
            return status
        }
        #expect(ServiceStatus(workers).phase == expected)
    }

    @Test func whatHappenedAtLimitsIsTold() {
        var (one, other) = (PipelineStatus(), PipelineStatus())
        one.features.entitiesEvicted = 1_500
        other.features.entitiesEvicted = 500
        one.features.eventsDropped = 3
        one.labels.oversized = 2
        other.refused = 7
        one.examplesLeftOut = 8
        one.alertsUnwatched = 4
        one.windowsSkipped = 6
        var status = ServiceStatus([worker(one), worker(other)])
        let quiet = ServiceStatus([worker(PipelineStatus())])
        #expect(quiet.document["limits"]?["entitiesEvicted"]?.integer == 0)
        #expect(quiet.document["limits"]?.object?.count == LimitCounts.Kind.allCases.count)
        #expect(quiet.document["webhooks"] == nil)
        status.webhooks = WebhookSender().counts
        status.webhooks?.failed = 1
        status.webhooks?.dropped = 10
        let text = status.text(eventsPerSecond: 0)
        for words in [
            "2,000 entities evicted", "3 events dropped from windows",
            "2 events too large to wait for labels", "7 labels refused by the loss",
            "8 examples left out", "4 troubles not watched", "6 windows not compared",
            "11 notifications lost",
        ] { #expect(text.contains(words), "\(text)") }
        #expect(!text.contains("forgotten") && !text.contains("late"))
        #expect(status.document["limits"]?["alertsUnwatched"]?.integer == 4)
        #expect(status.document["webhooks"]?["dropped"]?.integer == 10)
    }
}
