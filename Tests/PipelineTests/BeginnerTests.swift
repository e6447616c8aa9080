import Drift
import JSON
import Pipeline
import PipelineFixture
import Testing

/// A model that learns here begins at what any score may be: until it has learned for a span, its
/// scores are compared with nothing.
@Suite struct BeginnerTests {
    private static let second: Int64 = 1_000
    private static let start: Int64 = 1_000_000
    private static let baseline: Int64 = 5_000

    /// Forty seconds of 200 payments each, a tenth of them fraud; each label comes three seconds
    /// after its event.
    private static func records() -> [InputRecord] {
        var records: [InputRecord] = []
        for number in 0..<8_000 {
            let time = start + Int64(number) * second / 200
            let isFraud = number % 10 == 3
            records.append(
                .payment(
                    "p\(number)", time: time, customer: number % 40, terminal: number % 7,
                    amount: Double((number * 7_919) % 100) + (isFraud ? 100 : 0)))
            records.append(.label("p\(number)", time: time + 3 * second, isFraud ? 1 : 0))
        }
        return InputRecord.numbered(InputRecord.sorted(records))
    }

    /// Windows of twenty seconds fill while five seconds are the baseline: features change, the
    /// scores with them, and nobody is paged for it.
    @Test func whatStillFillsRaisesNoAlert() throws {
        let watched = try Self.watch(scoresOnly: false)
        let filling = watched.windows.flatMap { $0["features"]?.array ?? [] }
            .filter { $0["filling"]?.bool == true }
            .compactMap { $0["feature"]?.string }
        #expect(Set(filling).isSuperset(of: ["count"]), "\(Set(filling))")
        let early = watched.alerts.filter {
            ($0["window"]?["from"]?.integer ?? .max) < Self.start + 20 * Self.second
        }
        #expect(early.allSatisfy { $0["severity"]?.string == "ticket" }, "\(early)")
        let alerted = Set(early.compactMap { $0["feature"]?.string })
        #expect(alerted.isDisjoint(with: ["count", "mean", "risk", "ratio"]), "\(alerted)")
    }

    private struct Watched {
        var windows: [JSONValue] = []
        var alerts: [JSONValue] = []

        /// Beginnings of the windows whose scores, or quality against labels, were compared.
        func compared(_ part: String) -> [Int64] {
            windows.filter { $0[part]?["verdict"] != nil }
                .compactMap { $0["window"]?["from"]?.integer }
        }
    }

    /// - Parameter restart: after so many records the pipeline is made anew from its snapshot.
    private static func watch(scoresOnly: Bool, restart: Int? = nil) throws -> Watched {
        var project = PaymentProject()
        project.scoresOnly = scoresOnly
        var settings = try project.settings()
        settings.watch = WatchSettings(
            windowMillis: second, baselineMillis: baseline, alerts: .standard(),
            links: AlertLinks(project: "p", endpoint: "e"))
        var pipeline = try EventPipeline(settings)
        var outbox = Outbox()
        var watched = Watched()
        for (place, record) in records().enumerated() {
            if place == restart {
                pipeline = try Snapshot.pipeline(Snapshot.bytes(&pipeline), settings)
            }
            let (key, value) = (Array((record.key ?? "").utf8), record.value ?? [])
            outbox.removeAll()
            unsafe pipeline.step(
                record.origin, key: key.span.bytes, value: value.span.bytes, into: &outbox)
            _ = pipeline.tick(now: record.time, into: &outbox)
            for message in outbox.messages {
                switch message.destination {
                case .drift:
                    watched.windows.append(try JSONValue(parsing: outbox.bytes(message.value)))
                case .alerts:
                    watched.alerts.append(try JSONValue(parsing: outbox.bytes(message.value)))
                default: continue
                }
            }
        }
        return watched
    }

    @Test func scoresOfABeginnerAreNoRule() throws {
        let watched = try Self.watch(scoresOnly: false)
        // The first label comes three seconds after the first event, and a span later the scores
        // have settled, in the second baseline.
        let settled = Self.start + 3 * Self.second + Self.baseline
        let scores = watched.compared("scores")
        #expect(watched.windows.count > 30)
        #expect(scores.first == Self.start + 2 * Self.baseline, "\(scores)")
        #expect(scores.allSatisfy { $0 >= settled } && scores.count >= 20, "\(scores)")
        #expect(watched.windows.first?["window"]?["from"]?.integer == Self.start + Self.baseline)
    }

    /// Before the first label, before the scores settle, and after.
    @Test(arguments: [500, 2_000, 3_500]) func aRestartKnowsWhatWasLearned(after: Int) throws {
        let whole = try Self.watch(scoresOnly: false)
        let restarted = try Self.watch(scoresOnly: false, restart: after)
        #expect(restarted.windows == whole.windows)
        #expect(restarted.alerts == whole.alerts)
    }

    /// The scores of a model that knows its task are compared from the first window on.
    @Test func aModelThatDoesNotLearnIsNoBeginner() throws {
        let watched = try Self.watch(scoresOnly: true)
        let scores = watched.compared("scores")
        #expect(scores.first.map { $0 < Self.start + 7 * Self.second } == true, "\(scores)")
    }
}
