import Statistics
import TestSupport
import Testing

@testable import Usage

struct VerdictTests {
    /// Evidence of a feature that the model weighs in all of 5,000 events.
    private static func evidence(
        _ value: (Int, inout SeededGenerator) -> Double = { _, random in
            Double.random(in: 0..<1, using: &random)
        }
    ) -> FeatureEvidence {
        var random = SeededGenerator(1)
        var settings = StatisticsSettings()
        settings.windowsMillis = [1_000_000]
        let columns = [StatisticsColumn(name: "x", source: .number(slot: 0))]
        guard var table = try? StatisticsTable(columns: columns, settings: settings) else {
            preconditionFailure("\(settings)")
        }
        let none: [UInt32] = []
        for event in 0..<5_000 {
            let row = [value(event, &random)]
            table.observe(
                numbers: row.span, buckets: none.span, score: 0, timeMillis: Int64(event * 1_000),
                clock: Int64(event * 1_000))
        }
        let settled = table.settled()
        var evidence = FeatureEvidence(
            name: "x", summary: settled.summary(of: 0, over: .lifetime))
        var usage = UsageCounts()
        (usage.present, usage.weighed, usage.moved) = (5_000, 5_000, 50)
        evidence.usage = usage
        evidence.share = 0.1
        evidence.isWeighed = true
        evidence.events = 5_000
        return evidence
    }

    private func unweighed(_ evidence: FeatureEvidence) -> FeatureEvidence {
        var unweighed = evidence
        unweighed.usage = UsageCounts()
        (unweighed.share, unweighed.isWeighed) = (0, false)
        return unweighed
    }

    @Test func eachReasonHasItsVerdict() {
        let used = Self.evidence()
        #expect(Verdict(used) == .used(share: 0.1))
        #expect(Verdict(unweighed(used)) == .weighedZero)
        var changed = used
        changed.isLocked = true
        #expect(Verdict(changed) == .locked)
        changed = unweighed(used)
        changed.readers = ["board"]
        #expect(Verdict(changed) == .read(by: ["board"]))
        changed = used
        changed.share = 1e-6
        #expect(Verdict(changed) == .hardlyUsed(share: 1e-6))
        changed = used
        changed.twin = ("y", 0.999)
        #expect(Verdict(changed) == .redundant(with: "y", correlation: 0.999))
        changed = unweighed(used)
        changed.neededBy = ["z"]
        #expect(Verdict(changed) == .needed(by: ["z"]))
        changed = unweighed(used)
        changed.usage = nil
        #expect(Verdict(changed) == .unread)
        changed = used
        changed.usage?.weighed = 3
        #expect(Verdict(changed) == .young(events: 3))
        #expect(Verdict(used, limits: AuditLimits(eventsMin: 6_000)) == .young(events: 5_000))
    }

    @Test func whatTheValuesTell() {
        #expect(Verdict(Self.evidence { _, _ in 4 }) == .constant(value: 4))
        let missing = Self.evidence { event, _ in event % 100 == 0 ? 1 : .nan }
        #expect(Verdict(missing) == .mostlyMissing(share: 0.99))
        let oneValueOrNone = Self.evidence { event, _ in event % 2 == 0 ? 1 : .nan }
        #expect(Verdict(oneValueOrNone) == .used(share: 0.1))
        var moving = Self.evidence()
        moving.drift = 2.5
        #expect(Verdict(unweighed(moving)) == .maskedDrift(severity: 2.5))
        #expect(Verdict(moving) == .used(share: 0.1), "drift of what is used is another's matter")
    }
}

extension AuditLimits {
    fileprivate init(eventsMin: UInt64) {
        self.init()
        self.eventsMin = eventsMin
    }
}
