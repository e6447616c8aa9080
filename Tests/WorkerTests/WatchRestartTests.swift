import Drift
import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import TestSupport
import Testing
import Worker

/// A restarted watch neither tells again what it has told nor forgets what it knew.
@Suite struct WatchRestartTests {
    /// So many windows of a second, 250 payments each; amounts × 1000 in the broken ones.
    static func payments(_ windows: Range<Int>, broken: Range<Int>) -> [InputRecord] {
        windows.flatMap { window in
            (0..<250).map { number in
                let place = window * 250 + number
                let amount = 20 + Double((place * 7_919) % 1_000) / 10
                return InputRecord.payment(
                    "p\(place)", time: 1_000_000 + Int64(place) * 4, customer: place % 40,
                    terminal: place % 7,
                    amount: broken.contains(window) ? amount * 1_000 : amount)
            }
        }
    }

    static func watch() -> WatchSettings {
        var plan = AlertPlan.standard()
        plan.rules[0].smoothing = 1.5
        plan.rules[0].clear = 0.2
        plan.objectives = [Objective(name: "read", kind: .rejects, target: 0.99)]
        plan.routes = [AlertRoute(receiver: "team", match: AlertMatch(severity: .page))]
        plan.pace.groupWaitMillis = 0
        plan.pace.groupIntervalMillis = 0
        return WatchSettings(
            windowMillis: 1_000, baselineMillis: 4_000, alerts: plan,
            links: AlertLinks(project: "p", endpoint: "predictions"))
    }

    static func settings(seed: UInt64 = 0) throws -> PipelineSettings {
        var settings = try PaymentProject().settings()
        settings.watch = watch()
        let second: Int64 = 1_000
        if seed % 3 == 1 {
            settings.watch?.windows = WindowPlan(
                windowMillis: 2 * second, slideMillis: second,
                baseline: .past(spanMillis: 2 * second, agoMillis: 5 * second))
        } else if seed % 3 == 2 {
            settings.watch?.windows = WindowPlan(
                windowMillis: second, baseline: .period(1_001 * second..<1_005 * second))
        }
        return settings
    }

    /// A pipeline looked at after every batch of 50 records, by the time of the newest one.
    private struct Watched: ~Copyable {
        var fold: Fold
        private(set) var said: [String] = []
        private var outbox = Outbox()

        init(_ fold: consuming Fold) { self.fold = fold }

        mutating func run(_ records: ArraySlice<InputRecord>) {
            for (place, record) in zip(records.indices, records) {
                fold.step(record)
                guard place % 50 == 49 else { continue }
                outbox.removeAll()
                let told = fold.pipeline.tick(now: record.time, into: &outbox)
                said += WrittenMessage.all(in: outbox).map(\.text) + told.map { "\($0)" }
            }
        }
    }

    /// Payments and their labels, some unreadable, with a fault in the middle.
    private static func records(seed: UInt64) -> [InputRecord] {
        var random = SeededGenerator(seed)
        var records = payments(0..<16, broken: 9..<12)
        for place in records.indices.reversed() {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: records[place].value = Array("{\"id\":".utf8)
            case 1...4:
                let label = InputRecord.label(
                    "p\(place)", time: records[place].time,
                    Double(Int.random(in: 0...1, using: &random)))
                records.insert(label, at: min(records.count, place + 120))
            default: break
            }
        }
        return InputRecord.numbered(records)
    }

    @Test(arguments: UInt64(0)..<12) func aRestoredWatchGoesOnAsIfItHadNeverStopped(
        seed: UInt64
    ) throws {
        let settings = try Self.settings(seed: seed)
        let records = Self.records(seed: seed)
        var random = SeededGenerator(seed)
        let place = Int.random(in: 200..<records.count, using: &random)
        var never = Watched(try Fold(settings))
        never.run(records[..<place])
        let moment = Snapshot.bytes(&never.fold.pipeline)
        var restored = Watched(Fold(try Snapshot.pipeline(moment, settings)))
        let isSame = Snapshot.bytes(&restored.fold.pipeline) == moment
        #expect(isSame, "seed \(seed)")
        let before = never.said.count
        never.run(records[place...])
        restored.run(records[place...])
        let (expected, found) = (Array(never.said[before...]), restored.said)
        #expect(found == expected, "seed \(seed)")
        #expect(never.said.contains { $0.contains("unit-change") }, "seed \(seed)")
        let endsAlike =
            Snapshot.bytes(&restored.fold.pipeline) == Snapshot.bytes(&never.fold.pipeline)
        #expect(endsAlike, "seed \(seed)")
    }

    /// Damage that no checksum tells ends in an error or a watch that can go on.
    @Test(arguments: UInt64(0)..<6) func damagedWatchesNeverTrap(seed: UInt64) throws {
        let settings = try Self.settings(seed: seed)
        let records = Self.records(seed: seed)
        var watched = Watched(try Fold(settings))
        watched.run(records[..<3_000])
        let mutator = FrameMutator(Snapshot.bytes(&watched.fold.pipeline))
        var random = SeededGenerator(seed)
        var refused = 0
        for _ in 0..<60 {
            let bytes = mutator.mutant(using: &random)
            guard let pipeline = try? Snapshot.pipeline(bytes, settings) else {
                refused += 1
                continue
            }
            var usable = Watched(Fold(pipeline))
            usable.run(records[3_000..<3_500])
        }
        #expect(refused > 0)
    }

    /// Rules may change between two runs: what fired of one that is gone is over.
    @Test func alertsOfRulesThatAreGoneAreOver() throws {
        var settings = try Self.settings()
        let records = InputRecord.numbered(Self.payments(0..<12, broken: 9..<12))
        var watched = Watched(try Fold(settings))
        watched.run(records[..<2_750])
        #expect(watched.fold.pipeline.alerts.contains { $0.identity.rule == "broken-field" })
        let bytes = Snapshot.bytes(&watched.fold.pipeline)
        settings.watch?.alerts.rules.removeFirst()
        var next = Watched(Fold(try Snapshot.pipeline(bytes, settings)))
        next.run(records[2_750..<2_800])
        let over = next.said.filter { $0.contains("broken-field") }
        #expect(!over.isEmpty && over.allSatisfy { $0.contains("resolved") })
    }

    /// With a snapshot and without, in the middle of a trouble: one page, and one end of it.
    @Test(arguments: [true, false]) func aRestartedServicePagesOnce(
        hasSnapshots: Bool
    ) async throws {
        try await onOwnThread {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("watch-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let embedded = try EmbeddedStation(partitions: 1)
            let station = embedded.station
            for topic in ["drift", "alerts"] {
                try embedded.broker.createTopic(topic, partitions: 1)
            }
            var project = PaymentProject()
            project.scoresOnly = true
            var pipeline = try project.settings()
            pipeline.watch = Self.watch()
            pipeline.watch?.alerts.rules[0].smoothing = 1
            var settings = station.single
            settings.driftTopic = "drift"
            settings.alertsTopic = "alerts"
            if hasSnapshots { settings.snapshotFolder = SnapshotFolder(folder.path) }
            let told = Notifications()
            settings.notify = { told.append($0) }
            let records = InputRecord.numbered(Self.payments(0..<16, broken: 9..<12))
            for part in [records[..<2_650], records[2_650..<2_900], records[2_900...]] {
                try station.fill(Array(part))
                let worker = RunningWorker(settings, pipeline)
                let end = UInt64(part.endIndex)
                try eventually("all read") {
                    worker.control.status.records >= (hasSnapshots ? UInt64(part.count) : end)
                }
                try eventually("running") { worker.status.phase == .running }
                try worker.stop()
            }
            let alerts = try TopicReader(station, "alerts").readToTheEnd().map {
                try JSONValue(parsing: $0.text)
            }
            let states = alerts.filter {
                $0["rule"]?.string == "broken-field" && $0["feature"]?.string == "amount_value"
            }.map { $0["state"]?.string }
            #expect(states == ["firing", "resolved"])
            let ours = told.all.flatMap(\.alerts).filter { $0.identity.subject == "amount_value" }
            #expect(ours.map(\.state) == [.firing, .resolved])
        }
    }
}
