import Drift
import Foundation
import TestSupport
import Testing

@testable import Webhooks

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Alerts reach Prometheus' own Alertmanager (Debian's `prometheus-alertmanager`), and end there.
@Suite(.serialized) struct AlertmanagerTests {
    private static let program = ["/usr/bin/prometheus-alertmanager", "/usr/bin/alertmanager"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// A running Alertmanager on a port of its own.
    private final class Peer {
        let process = Process()
        let port = Int.random(in: 20_000..<30_000)
        private let folder = NSTemporaryDirectory() + "alertmanager-\(UUID().uuidString)"

        var address: String { "http://127.0.0.1:\(port)/api/v2/alerts" }

        init(_ program: String) throws {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let config = "\(folder)/config.yml"
            try "route: {receiver: none}\nreceivers: [{name: none}]\n".write(
                toFile: config, atomically: true, encoding: .utf8)
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = [
                "--config.file=\(config)", "--storage.path=\(folder)", "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:\(port)",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        deinit {
            process.terminate()
            process.waitUntilExit()
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// The alerts that fire there; nil while it does not answer.
        var alerts: [[String: Any]]? {
            guard let url = URL(string: address), let data = try? Data(contentsOf: url) else {
                return nil
            }
            return (try? JSONSerialization.jsonObject(with: data)) as? [[String: Any]]
        }
    }

    /// Asks again every 50 ms for at most ten seconds.
    private func eventually(_ holds: () -> Bool) -> Bool {
        for _ in 0..<200 {
            if holds() { return true }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return holds()
    }

    @Test(.enabled(if: program != nil, "needs prometheus-alertmanager"))
    func alertsFireAndEndThere() throws {
        let peer = try Peer(try #require(Self.program))
        try #require(eventually { peer.alerts != nil })
        let sender = WebhookSender()
        defer { sender.stop() }
        let webhooks = AlertWebhooks(
            ["team": peer.address], links: AlertLinks(project: "p", endpoint: "p.predictions"),
            sender: sender)
        let rule = AlertRule(name: "drifts", signal: .drift, .above, 1, severity: .page)
        var engine = AlertEngine(
            AlertPlan(rules: [rule], routes: [AlertRoute(receiver: "team")]), model: "m")
        let start = Int64(Date().timeIntervalSince1970 * 1_000) - 1_200_000
        func step(_ value: Double, at millis: Int64) {
            _ = engine.observe([Reading(.drift, subject: "amount", value)], at: millis)
            for case .notify(let notification) in engine.advance(to: millis + 30_000) {
                webhooks.send(notification)
            }
        }
        step(3, at: start)
        #expect(eventually { peer.alerts?.count == 1 })
        let labels = peer.alerts?.first?["labels"] as? [String: String]
        #expect(labels?["alertname"] == "drifts" && labels?["feature"] == "amount")
        #expect(labels?["severity"] == "page")
        step(0, at: start + 600_000)
        #expect(eventually { peer.alerts?.isEmpty == true })
        #expect(eventually { sender.counts.sent == 2 })
        #expect(sender.counts.failed == 0)
    }

    /// Refused at once, retried on a failure that may pass, and then given up.
    @Test func attemptsAreBounded() throws {
        var limits = WebhookSender.Limits()
        limits.attemptsMax = 3
        limits.pauseSeconds = 0.01
        limits.waitingMax = 2
        let sender = WebhookSender(limits)
        // Nobody listens on the port of discard.
        for _ in 0..<10 { sender.post([], to: "http://127.0.0.1:9/") }
        #expect(eventually { sender.isIdle })
        let counts = sender.counts
        #expect(counts.sent == 0 && counts.failed + counts.dropped == 10)
        #expect(counts.failed >= 2 && counts.retries == 2 * counts.failed)
        sender.stop()
        sender.post([], to: "http://127.0.0.1:9/")
        #expect(sender.counts.dropped == counts.dropped + 1)
    }

    @Test func timesAreRFC3339() {
        #expect(AlertWebhooks.rfc3339(1_530_403_200_007) == "2018-07-01T00:00:00.007Z")
    }
}
