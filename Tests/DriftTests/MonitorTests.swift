import TestSupport
import Model
import Testing

@testable import Drift

private let hour: Int64 = 3_600_000

/// Hours of a stream with a seasonal and a steady feature.
private struct Hours {
    var samples: Samples
    var hour = 0

    init(_ seed: UInt64) { samples = Samples(seed) }

    mutating func next(shift: Double = 0) -> [(name: String, summary: FeatureTally)] {
        var season = FeatureTally(quantileSize: 200)
        var steady = FeatureTally(quantileSize: 200)
        let wave = hour % 24 < 8 ? -1.0 : 1
        for _ in 0..<400 {
            season.insert(wave + samples.normal())
            steady.insert(50 + shift + 10 * samples.normal())
        }
        season.closeWindow()
        steady.closeWindow()
        hour += 1
        return [("season", season), ("steady", steady)]
    }
}

struct MonitorTests {
    private func span(_ number: Int) -> Range<Int64> {
        Int64(number) * hour..<Int64(number + 1) * hour
    }

    private func monitor(hours: Int64 = 72) -> DriftMonitor<FeatureTally> {
        DriftMonitor(policy: DriftPolicy(), windowMillis: hour, baselineMillis: hours * hour)
    }

    @Test(arguments: UInt64(0)..<4) func seasonsAreNoDriftAndShiftsAre(seed: UInt64) throws {
        var hours = Hours(seed)
        var monitor = monitor()
        for number in 0..<120 {
            let outcome = monitor.close(span(number), hours.next(), scores: nil)
            #expect((outcome.report == nil) == (number < 72))
            #expect(outcome.report?.drifting.isEmpty ?? true, "hour \(number)")
        }
        let faulty = monitor.close(span(120), hours.next(shift: 20), scores: nil)
        #expect(try #require(faulty.report).drifting.map(\.name) == ["steady"])
        #expect(faulty.baseline == 0..<72 * hour)
    }

    /// A fault does not become the rule within its span, and does after a whole one.
    @Test func whatLastsAWholeSpanIsTheRule() throws {
        var hours = Hours(1)
        var monitor = monitor(hours: 24)
        var drifts: [Int] = []
        for number in 0..<120 {
            let shift = number >= 36 ? 20.0 : 0
            let outcome = monitor.close(
                span(number), hours.next(shift: shift), scores: nil)
            if outcome.report?.drifting.contains(where: { $0.name == "steady" }) == true {
                drifts.append(number)
            }
        }
        // 24…47 holds 12 clean hours; 48…71 none.
        #expect(drifts == Array(36..<72))
    }

    /// A unit that changed is broken for as long as it lasts, and a night is no lack of events.
    @Test func whatIsBrokenIsNeverTheRule() throws {
        var hours = Hours(1)
        var monitor = monitor(hours: 24)
        for number in 0..<120 {
            var pane = hours.next()
            if number >= 36 {
                var broken = FeatureTally(quantileSize: 200)
                for _ in 0..<400 { broken.insert(1_000 * (50 + 10 * hours.samples.normal())) }
                broken.closeWindow()
                pane[1].summary = broken
            }
            let outcome = monitor.close(span(number), pane, scores: nil)
            #expect(outcome.traffic == nil)
            let steady = outcome.report?.features.last
            #expect(
                (steady?.anomalies == [.unitChange(factor: 1_000)]) == (number >= 36),
                "hour \(number)")
        }
        var daily = DriftMonitor<FeatureTally>(
            policy: DriftPolicy(), windowMillis: 24 * hour, baselineMillis: 24 * hour)
        for day in 0..<Int64(3) {
            let span = day * 24 * hour..<(day + 1) * 24 * hour
            let outcome = daily.close(span, hours.next(), scores: nil)
            #expect(outcome.traffic == (day < 1 ? nil : 1))
        }
    }

    /// Amounts in cents by design: neither the feature nor what past events make of it is compared
    /// until a baseline is all cents; what stays is compared throughout.
    @Test func whatIsAcceptedIsTheRuleAfterASpan() throws {
        var (amount, mean) = (FeatureLineage.Origin(), FeatureLineage.Origin())
        amount.fields = ["amount"]
        mean.fields = ["amount"]
        mean.isDerived = true
        var policy = DriftPolicy()
        policy.accepted["steady"] = 36 * hour
        var monitor = DriftMonitor<FeatureTally>(
            policy: policy,
            plan: WindowPlan(windowMillis: hour, baseline: .preceding(spanMillis: 24 * hour)),
            lineage: FeatureLineage(["steady": amount, "mean": mean]))
        var hours = Hours(1)
        for number in 0..<120 {
            var pane = hours.next()
            if number >= 36 {
                var cents = FeatureTally(quantileSize: 200)
                for _ in 0..<400 { cents.insert(100 * (50 + 10 * hours.samples.normal())) }
                cents.closeWindow()
                pane[1].summary = cents
            }
            pane.append(("mean", pane[1].summary))
            let report = monitor.close(span(number), pane, scores: nil).report
            let names = report?.features.map(\.name) ?? []
            #expect(names.contains("season") == (number >= 24), "hour \(number)")
            #expect(names.contains("steady") == (number >= 72), "hour \(number)")
            #expect(names.contains("mean") == (number >= 72), "hour \(number)")
            let steady = report?.features.filter { $0.name != "season" } ?? []
            #expect(steady.allSatisfy { $0.anomalies.isEmpty && !$0.verdict.isDrift })
        }
    }

    /// Windows of four hours every hour, each the sum of its panes: what they say is what tumbling
    /// windows of the same events say.
    @Test func slidingWindowsAreMadeOfPanes() throws {
        let plan = WindowPlan(
            windowMillis: 4 * hour, slideMillis: hour, baseline: .preceding(spanMillis: 24 * hour))
        var sliding = DriftMonitor<FeatureTally>(policy: DriftPolicy(), plan: plan)
        var tumbling = DriftMonitor<FeatureTally>(
            policy: DriftPolicy(), windowMillis: 4 * hour, baselineMillis: 24 * hour)
        var hours = Hours(3)
        var sum: [(name: String, summary: FeatureTally)] = []
        var drifts: [Int] = []
        for number in 0..<60 {
            let pane = hours.next(shift: number >= 41 ? 12 : 0)
            let outcome = sliding.close(span(number), pane, scores: nil)
            #expect(outcome.window == Int64(number - 3) * hour..<Int64(number + 1) * hour)
            if outcome.report?.drifting.map(\.name) == ["steady"] { drifts.append(number) }
            if sum.isEmpty {
                sum = pane
            } else {
                for place in sum.indices { sum[place].summary.merge(pane[place].summary) }
            }
            guard number % 4 == 3 else { continue }
            let whole = tumbling.close(outcome.window, sum, scores: nil)
            let (a, b) = (outcome.report?.features.last, whole.report?.features.last)
            #expect(a?.window.mean == b?.window.mean && a?.window.events == b?.window.events)
            sum = []
        }
        // Two of four hours shifted by 1.2 deviations are more than half a deviation.
        #expect(drifts.first == 42 && drifts.contains(44))
    }

    /// The same hour of the day before, whatever the others are like.
    @Test func aPastWindowMovesAlong() throws {
        let plan = WindowPlan(
            windowMillis: hour, baseline: .past(spanMillis: hour, agoMillis: 24 * hour))
        var monitor = DriftMonitor<FeatureTally>(policy: DriftPolicy(), plan: plan)
        var hours = Hours(4)
        for number in 0..<72 {
            let shift = number == 60 ? 20.0 : 0
            let outcome = monitor.close(
                span(number), hours.next(shift: shift), scores: nil)
            #expect(outcome.baseline == (number < 24 ? nil : span(number - 24)))
            #expect(outcome.report?.drifting.map(\.name) ?? [] == (number == 60 ? ["steady"] : []))
        }
        // A day, and the pane that the next window no longer needs.
        #expect(monitor.baseline.history.count == 25)
    }

    @Test func aPeriodIsTheBaselineForEver() throws {
        let plan = WindowPlan(
            windowMillis: hour, baseline: .period(10 * hour..<34 * hour))
        var monitor = DriftMonitor<FeatureTally>(policy: DriftPolicy(), plan: plan)
        var hours = Hours(5)
        for number in 0..<90 {
            let shift = number >= 60 ? 20.0 : 0
            let outcome = monitor.close(
                span(number), hours.next(shift: shift), scores: nil)
            #expect(outcome.baseline == (number < 34 ? nil : 10 * hour..<34 * hour))
            // What lasts becomes no rule here.
            #expect(outcome.report?.drifting.map(\.name) ?? [] == (number >= 60 ? ["steady"] : []))
        }
    }

    /// From the first window on, whatever lasts; another model brings another baseline.
    @Test func trainingDataIsTheBaselineWhileItsModelScores() throws {
        let plan = WindowPlan(windowMillis: hour, baseline: .training)
        var monitor = DriftMonitor<FeatureTally>(policy: DriftPolicy(), plan: plan)
        var hours = Hours(6)
        var steady: [FeatureTally] = [hours.next()[1].summary, hours.next(shift: 20)[1].summary]
        for _ in 0..<30 {
            steady[0].merge(hours.next()[1].summary)
            steady[1].merge(hours.next(shift: 20)[1].summary)
        }
        let baselines = steady.map { tally in
            let column = ModelBaseline.Column(tally.profile)
            return ModelBaseline(times: 3...7, features: ["steady": column], scores: column)
        }
        for number in 0..<90 {
            let model = number / 30
            monitor.use(model < 2 ? baselines[model] : nil, of: "\(model)")
            let outcome = monitor.close(
                span(number), hours.next(shift: number >= 15 ? 20 : 0), scores: nil)
            #expect(outcome.baseline == (model < 2 ? 3..<8 : nil) && outcome.traffic == nil)
            // Of a feature that the model was not trained on, nothing is said.
            #expect(outcome.report?.features.map(\.name) == (model < 2 ? ["steady"] : nil))
            let drifts = outcome.report?.drifting.map(\.name) ?? []
            #expect(drifts == ((15..<30).contains(number) ? ["steady"] : []), "\(number)")
        }
    }

    @Test func readingsFollowTheVerdicts() throws {
        var hours = Hours(2)
        var monitor = monitor(hours: 24)
        var outcome = monitor.close(span(0), hours.next(), scores: nil)
        for number in 1..<30 {
            outcome = monitor.close(
                span(number), hours.next(shift: number == 29 ? 40 : 0), scores: nil)
        }
        var report = try #require(outcome.report)
        report.weigh(by: ["season": FeatureWeight(weight: 1, center: 0)])
        let readings = report.readings(window: outcome.window)
        func value(_ signal: Signal, _ subject: String) -> Reading? {
            readings.first { $0.signal == signal && $0.subject == subject }
        }
        let verdict = try #require(value(.drift, "steady"))
        #expect(verdict.value > 1 && verdict.severityMax == .ticket)
        #expect(verdict.window == span(29))
        #expect(value(.drift, "season")?.value == 0)
        #expect(value(.measure(.meanShift), "steady")?.value ?? 0 > 3)
        #expect(value(.measure(.meanShift), "season")?.value == 0)
        #expect(value(.anomaly, "steady")?.value == 0)
    }
}
