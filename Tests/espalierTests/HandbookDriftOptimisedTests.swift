import ArgumentParser
import Bytes
import Drift
import Foundation
import JSON
import Pipeline
import TestSupport
import Testing

@testable import espalier

/// The handbook's payments of 324 terminals through the service's steps, day by day, with the
/// standard rules: what fires when something breaks on 2018-07-01, and that nothing pages before.
@Suite(
    .enabled(
        if: isOptimized && SharedData.has("handbook/slices/corner_dev/transactions.csv.gz"),
        "optimised code and reference data only"))
struct HandbookDriftOptimisedTests {
    private static let day: Int64 = 86_400_000
    /// 2018-07-01.
    private static let broken: Int64 = 1_530_403_200_000

    private struct Row {
        var id: Int
        var time: Int64
        var customer: Int
        var terminal: Int
        var amount: Double
        var isFraud: Bool
    }

    private static func rows() throws -> [Row] {
        let folder = "handbook/slices/corner_dev/"
        let payments = NumberTable(csv: try SharedData.bytes(folder + "transactions.csv.gz"))
        let labels = NumberTable(csv: try SharedData.bytes(folder + "labels.csv.gz"))
        return (0..<payments.count).map {
            Row(
                id: Int(payments[$0, 0]), time: Int64(payments[$0, 1]),
                customer: Int(payments[$0, 2]), terminal: Int(payments[$0, 3]),
                amount: payments[$0, 4], isFraud: labels[$0, 1] == 1)
        }
    }

    /// What fired, in order: time and alert.
    private static func alerts(
        _ rows: [Row], until end: Int64
    ) throws -> [(time: Int64, alert: Alert)] {
        var settings = try HandbookProject.settings()
        settings.watch = WatchSettings(
            windowMillis: day, baselineMillis: 21 * day, alerts: .standard(maturityMillis: 7 * day),
            links: AlertLinks(project: "handbook", endpoint: "scores"))
        var pipeline = try EventPipeline(settings)
        var outbox = Outbox()
        var known: Set<Alert.Identity> = []
        var fired: [(time: Int64, alert: Alert)] = []
        var due = 0
        for (place, row) in rows.enumerated() where row.time < end {
            while rows[due].time + 7 * day <= row.time {
                let label = rows[due]
                step(
                    &pipeline, .labels, due, label.time + 7 * day,
                    "{\"transaction_id\":\(label.id),\"fraud\":\(label.isFraud ? 1 : 0)}",
                    &outbox)
                due += 1
            }
            let json =
                "{\"transaction_id\":\(row.id),\"timestamp\":\(row.time),"
                + "\"customer_id\":\(row.customer),\"terminal_id\":\(row.terminal),"
                + "\"amount\":\(row.amount)}"
            step(&pipeline, .events, place, row.time, json, &outbox)
            guard place % 50 == 0 else { continue }
            _ = pipeline.tick(now: row.time, into: &outbox)
            outbox.removeAll()
            for alert in pipeline.alerts where known.insert(alert.identity).inserted {
                fired.append((row.time, alert))
            }
            known.formIntersection(pipeline.alerts.map(\.identity))
        }
        return fired
    }

    private static func step(
        _ pipeline: inout EventPipeline, _ stream: RecordOrigin.Stream, _ offset: Int,
        _ time: Int64, _ json: String, _ outbox: inout Outbox
    ) {
        let origin = RecordOrigin(
            stream: stream, partition: 0, offset: Int64(offset), timestampMillis: time)
        var bytes = ByteWriter()
        bytes.append(json)
        pipeline.step(origin, key: nil, value: bytes.bytes, into: &outbox)
    }

    private static func text(_ fired: [(time: Int64, alert: Alert)]) -> String {
        fired.map { time, alert in
            "\(CalendarTime(millis: time).text) \(alert.severity) \(alert.identity.rule) "
                + "\(alert.identity.subject): \(alert.cause ?? "")"
        }.joined(separator: "\n")
    }

    @Test func aUnitIsFoundOnTheNextDayAndNothingPagesBefore() throws {
        var rows = try Self.rows()
        for place in rows.indices where rows[place].time >= Self.broken {
            rows[place].amount *= 1_000
        }
        let fired = try Self.alerts(rows, until: Self.broken + 3 * Self.day)
        let week = fired.filter { $0.time >= Self.broken - 7 * Self.day }
        print("handbook, amounts × 1000 from 2018-07-01:\n\(Self.text(week))")
        #expect(week.filter { $0.time < Self.broken && $0.alert.severity == .page }.isEmpty)
        let found = try #require(week.first { $0.alert.identity.rule == "broken-field" })
        #expect(found.alert.identity.subject == "amount_value")
        #expect(found.alert.cause?.contains("1000 times") == true)
        #expect(found.time < Self.broken + 2 * Self.day)
    }

    /// The busiest terminal's payments are all fraud from then on: too little of the stream to move
    /// it, so nothing may page; what fires is told.
    @Test func aTerminalsCompromiseIsNoDriftOfTheStream() throws {
        var rows = try Self.rows()
        var counts: [Int: Int] = [:]
        for row in rows { counts[row.terminal, default: 0] += 1 }
        let busiest = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
        for place in rows.indices where rows[place].time >= Self.broken {
            if rows[place].terminal == busiest { rows[place].isFraud = true }
        }
        let fired = try Self.alerts(rows, until: Self.broken + 28 * Self.day)
        let after = fired.filter { $0.time >= Self.broken - 7 * Self.day }
        print("handbook, terminal \(busiest ?? 0) compromised:\n\(Self.text(after))")
        #expect(after.filter { $0.alert.severity == .page }.isEmpty)
    }
}

/// All 1.3 million payments through `replay --watch` with the standard rules, from a model that
/// knows nothing: four and a half months in which nothing breaks.
@Suite(
    .enabled(
        if: isOptimized && SharedData.has("handbook/transactions.csv.gz"),
        "optimised code and reference data only"))
struct HandbookWatchOptimisedTests {
    @Test func cleanMonthsPageNobody() throws {
        let scratch = try ScratchFolder()
        let example = "\(SharedData.packageRoot)/schemas/examples/project-card-fraud.yaml"
        let text = try String(contentsOfFile: example, encoding: .utf8)
        let project = try scratch.write(
            text.replacing("format: json", with: "format: csv")
                + "drift: {window: 1d, baseline: 7d}\nalerts: {}\n", to: "project.yaml")
        let data = "\(SharedData.root)/data/handbook/"
        let command = try #require(
            try Espalier.parseAsRoot([
                "replay", project, "--events", data + "transactions.csv.gz", "--labels",
                data + "labels.csv.gz", "--labels-after", "7d", "--alerts",
                scratch.file("alerts.ndjson"), "--drift", scratch.file("drift.ndjson"), "--json",
            ]) as? ReplayCommand)
        try command.run()
        var alerts = RaisedAlerts()
        for line in try scratch.lines("alerts.ndjson") {
            alerts.take(PublishedAlert(try JSONValue(parsing: String(line))))
        }
        print("handbook, standard rules:\n\(alerts.text(for: .output))")
        #expect(alerts.pages == 0)
        // Every day but those of the first baseline and the one that is open.
        #expect(try scratch.lines("drift.ndjson").count == 136 - 7 - 1)
    }
}
