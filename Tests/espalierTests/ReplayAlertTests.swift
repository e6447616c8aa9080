import ArgumentParser
import Bytes
import Drift
import JSON
import Pipeline
import Simulation
import TestSupport
import Testing

@testable import espalier

/// `replay --watch`: alerts of a past, in its own time.
@Suite struct ReplayAlertTests {
    private static let day: Int64 = 86_400_000

    private static func message(
        _ rule: String, _ state: String, _ severity: String, start: Int64, end: Int64? = nil
    ) -> PublishedAlert {
        PublishedAlert(
            .object([
                "rule": .string(rule), "state": .string(state), "severity": .string(severity),
                "model": .string("online"), "start": .integer(start),
                "end": end.map { .integer($0) } ?? .null,
            ]))
    }

    @Test func anAlertIsOneFromItsFirstMessageToItsLast() {
        var alerts = RaisedAlerts()
        alerts.take(Self.message("a", "firing", "ticket", start: 1))
        alerts.take(Self.message("b", "firing", "page", start: 2))
        alerts.take(Self.message("a", "firing", "page", start: 1))
        alerts.take(Self.message("a", "resolved", "page", start: 1, end: 5))
        alerts.take(Self.message("a", "resolved", "page", start: 1, end: 6))
        alerts.take(Self.message("a", "firing", "ticket", start: 7))
        #expect(alerts.count == 3 && alerts.pages == 2)
        #expect(alerts.kept.map(\.isPage) == [true, true, false])
        #expect(alerts.kept.map(\.startMillis) == [1, 2, 7])
        #expect(alerts.kept.map(\.endMillis) == [5, nil, nil])
    }

    @Test func whatIsNotKeptIsCounted() {
        var alerts = RaisedAlerts()
        for number in 0..<(RaisedAlerts.keptMax + 5) {
            alerts.take(Self.message("r\(number)", "firing", "page", start: 0))
        }
        for number in 0..<(RaisedAlerts.keptMax + 5) {
            alerts.take(Self.message("r\(number)", "resolved", "page", start: 0, end: 9))
        }
        #expect(alerts.count == RaisedAlerts.keptMax + 5)
        #expect(alerts.pages == alerts.count && alerts.kept.count == RaisedAlerts.keptMax)
        #expect(alerts.kept.allSatisfy { $0.endMillis == 9 })
    }

    /// Twelve days of payments, of which the last two bear amounts × 1000.
    private static func write(_ path: ScratchFolder) throws -> (file: String, broken: Int64) {
        var simulation = SimulationSettings()
        (simulation.customers, simulation.terminals) = (160, 320)
        (simulation.days, simulation.startsWarm) = (12, true)
        let broken = simulation.startMillis + 10 * day
        var bytes = ByteWriter()
        for record in try PaymentSimulator(
            simulation, seed: 5, faults: [Fault(.unit(), fromMillis: broken, toMillis: .max)])
        {
            guard case .payment = record else { continue }
            record.append(.json, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        let text = String(decoding: bytes.copy(), as: UTF8.self)
        return (try path.write(text, to: "payments.ndjson"), broken)
    }

    @Test func aPastTellsWhichAlertsItWouldHaveRaised() throws {
        let scratch = try ScratchFolder()
        let (events, broken) = try Self.write(scratch)
        let project = try scratch.write(
            """
            project: past
            kafka: {bootstrap.servers: nowhere}
            events:
              topic: payments
              id: transaction_id
              time: timestamp
              fields: {transaction_id: int64, timestamp: int64, customer_id: int64, amount: double}
            features:
              amount: {value: amount}
              customer_mean_1d: {entity: customer_id, aggregate: mean, of: amount, window: 1d}
            drift: {window: 1d, baseline: 5d}
            """, to: "project.yaml")
        let command = try #require(
            try Espalier.parseAsRoot([
                "replay", project, "--events", events, "--alerts", scratch.file("alerts.ndjson"),
                "--drift", scratch.file("drift.ndjson"), "--predictions",
                scratch.file("predictions.ndjson"), "--json",
            ]) as? ReplayCommand)
        try command.run()

        var alerts = RaisedAlerts()
        for line in try scratch.lines("alerts.ndjson") {
            alerts.take(PublishedAlert(try JSONValue(parsing: String(line))))
        }
        let unit = try #require(alerts.kept.first { $0.alert.rule == "broken-field" })
        #expect(unit.isPage && unit.alert.feature == "amount")
        #expect(unit.alert.cause?.contains("1000 times") == true)
        let start = try #require(unit.startMillis)
        #expect(start >= broken && start < broken + 2 * Self.day)
        #expect(alerts.kept.allSatisfy { !$0.isPage || $0.startMillis ?? 0 >= broken })
        // The first windows are the baseline's.
        #expect(try scratch.lines("drift.ndjson").count >= 5)

        // Who is watched is scored alike.
        let plain = try #require(
            try Espalier.parseAsRoot([
                "replay", project, "--events", events, "--predictions",
                scratch.file("plain.ndjson"),
            ]) as? ReplayCommand)
        try plain.run()
        #expect(try scratch.bytes("plain.ndjson") == scratch.bytes("predictions.ndjson"))
    }

    @Test func aProjectThatWatchesNothingIsRefused() throws {
        let scratch = try ScratchFolder()
        let project = "\(SharedData.packageRoot)/schemas/examples/project-card-fraud.yaml"
        let events = try scratch.write("", to: "events.ndjson")
        let command = try #require(
            try Espalier.parseAsRoot(["replay", project, "--events", events, "--watch"])
                as? ReplayCommand)
        let failure = #expect(throws: Failure.self) { try command.run() }
        #expect(failure?.message.contains("found neither `drift` nor `alerts`") == true)
    }
}
