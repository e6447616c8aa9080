import Bytes
import Glibc
import TestSupport
import Testing

@testable import Drift

private let scipy = PythonProgram(importing: "numpy", "scipy", "sklearn")

/// Areas by scikit-learn, their variance from the definition of placements, losses and tests by
/// SciPy.
private let program = """
    import json, sys
    import numpy as np
    from scipy import stats
    from sklearn.metrics import log_loss, roc_auc_score
    def area(s, y):
        x, z = s[y == 1], s[y == 0]
        wins = (x[:, None] > z).astype(float) + (x[:, None] == z) / 2
        v = np.var(wins.mean(1), ddof=1) / len(x) + np.var(wins.mean(0), ddof=1) / len(z)
        return roc_auc_score(y, s), v
    def losses(s, y):
        each = -np.log(np.where(y == 1, s, 1 - s))
        assert abs(each.mean() - log_loss(y, s)) < 1e-9
        return each
    for line in sys.stdin:
        case = json.loads(line)
        (a, p), (b, q) = [(np.array(case[k]["scores"]), np.array(case[k]["labels"])) for k in "ab"]
        (A, v), (B, w) = area(a, p), area(b, q)
        x, z = losses(a, p), losses(b, q)
        t = stats.ttest_ind(z, x, equal_var=False).statistic
        ratio = np.log(p.sum() / a.sum()), np.log(q.sum() / b.sum())
        se = np.sqrt(1 / p.sum() + 1 / q.sum())
        print(A, v, B, w, x.mean(), z.mean(), A - B, 2 * stats.norm.sf(abs(A - B) / np.sqrt(v + w)),
            z.mean() / x.mean() - 1, 2 * stats.norm.sf(abs(t)),
            abs(ratio[1] - ratio[0]), 2 * stats.norm.sf(abs(ratio[1] - ratio[0]) / se))
    """

/// Predictions with labels that are drawn from them, of which some tell the truth.
private struct Predictions {
    var scores: [Double] = []
    var labels: [Double] = []

    /// - Parameter honesty: the share of labels that follow the scores; the others are drawn from
    ///   scores of other predictions.
    init(_ seed: UInt64, _ count: Int, honesty: Double, rise: Double = 1) {
        var samples = Samples(seed)
        func score(_ u: Double) -> Double {
            // Bins' middles, so that nothing is rounded.
            let bin = 200 + Int(u * u * 120)
            let logOdds = -QualityTally.logOddsMax + (Double(bin) + 0.5) / 16
            return 1 / (1 + exp(-logOdds))
        }
        for _ in 0..<count {
            let own = score(samples.uniform())
            let other = score(samples.uniform())
            let truth = samples.uniform() < honesty ? own : other
            scores.append(own)
            labels.append(samples.uniform() < min(1, rise * truth) ? 1 : 0)
        }
    }

    var tally: QualityTally {
        var tally = QualityTally()
        for (score, label) in zip(scores, labels) {
            tally.add(loss: -log(label > 0.5 ? score : 1 - score))
            tally.add(score: score, label: label)
        }
        return tally
    }

    var json: String { "{\"scores\":\(scores),\"labels\":\(labels)}" }
}

struct QualityDriftTests {
    @Test(.enabled(if: scipy != nil, "needs SciPy and scikit-learn"))
    func agreesWithScikitLearnAndSciPy() throws {
        let cases = (UInt64(0)..<12).map { seed in
            (
                Predictions(seed, 3_000, honesty: 1),
                Predictions(
                    seed + 50, 900, honesty: seed % 3 == 0 ? 1 : 0.6, rise: seed % 2 == 0 ? 1 : 1.5)
            )
        }
        let input = cases.map { "{\"a\":\($0.json),\"b\":\($1.json)}\n" }.joined()
        let output = try #require(scipy?.output(of: program, input: input))
        let rows = output.split(separator: "\n").map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
        try #require(rows.count == cases.count, "\(output.prefix(500))")
        for (seed, (row, pair)) in zip(rows, cases).enumerated() {
            let (before, now) = (pair.0.tally, pair.1.tally)
            let found = FeatureComparison(now, against: before, QualitySpread())
            func finding(_ measure: DriftMeasure) -> [Double?] {
                [found[measure]?.measured.value, found[measure]?.probability]
            }
            let own =
                [
                    before.rocArea?.value, before.rocArea?.variance, now.rocArea?.value,
                    now.rocArea?.variance, before.meanLoss?.value, now.meanLoss?.value,
                ] + finding(.rocArea) + finding(.logLoss) + finding(.calibration)
            // What is better is no drift.
            let theirs = row.enumerated().map { [6, 8].contains($0) ? max(0, $1) : $1 }
            for (place, (ours, theirs)) in zip(own, theirs).enumerated() {
                let ours = try #require(ours, "seed \(seed), number \(place)")
                #expect(
                    abs(ours - theirs) <= 1e-9 * max(1, abs(theirs)),
                    "seed \(seed), number \(place): \(ours) against \(theirs)")
            }
        }
    }

    private func report(
        _ before: QualityTally, _ now: QualityTally, _ spread: QualitySpread = QualitySpread()
    ) -> DriftReport {
        DriftReport(
            [], policy: DriftPolicy(), scores: nil,
            quality: QualityPair(baseline: before, spread: spread, window: now))
    }

    /// Labels by the time of their events, and those alone of the span.
    @Test func panesTellOfTheirSpan() throws {
        var panes = QualityPanes(100..<1_000, paneMillis: 100)
        for time in stride(from: Int64(0), to: 2_000, by: 10) {
            panes.observe(timeMillis: time, loss: 1, score: 0.5, label: time % 20 == 0 ? 1 : 0)
        }
        #expect(panes.tallies.map(\.count) == Array(repeating: 10, count: 9))
        // The pane that is open at 450 has labels of positives alone, it may be.
        #expect(panes.tallies(through: 450).count == 3)
        let pair = try #require(
            QualityPair(baseline: panes.tallies(through: 450), window: panes.tallies))
        #expect(pair.baseline.count == 30 && pair.window.positiveCount == 45)
        #expect(QualityPair(baseline: [], window: panes.tallies) == nil)
        var long = QualityPanes(0..<Int64(100_000), paneMillis: 1)
        for time in 0..<Int64(10_000) {
            long.observe(timeMillis: time, loss: 1, score: nil, label: 0)
        }
        #expect(long.tallies.count <= QualityPanes.panesMax && long.paneMillis == 4)
        #expect(long.tallies.reduce(0) { $0 + $1.count } == 10_000)
    }

    /// Effect first, then significance, and nothing with few labels.
    @Test(arguments: UInt64(0)..<10) func whatIsWorseIsDrift(seed: UInt64) throws {
        let before = Predictions(seed, 20_000, honesty: 1).tally
        let same = try #require(
            report(before, Predictions(seed + 10, 3_000, honesty: 1).tally).qualityDrift)
        #expect(!same.verdict.isDrift, "\(same.verdict)")
        let worse = report(before, Predictions(seed + 20, 3_000, honesty: 0.5).tally)
        let drift = try #require(worse.qualityDrift)
        guard case .drift(let excesses) = drift.verdict else {
            Issue.record("\(drift.verdict)")
            return
        }
        #expect(excesses.contains { $0.measure == .rocArea })
        #expect(drift.cause?.hasPrefix("against labels: ") == true)
        let readings = worse.readings(window: 0..<5)
        let quality = try #require(readings.first { $0.signal == .qualityDrift })
        #expect(quality.value == drift.verdict.severity && quality.value > 1)
        let area = try #require(readings.first { $0.signal == .qualityMeasure(.rocArea) })
        #expect(area.value > 0.05)
        let few = try #require(
            report(before, Predictions(seed + 30, 150, honesty: 0).tally).qualityDrift)
        #expect(few.verdict == .tooFewEvents)
        let better = try #require(
            report(
                Predictions(seed + 40, 20_000, honesty: 0.5).tally,
                Predictions(seed + 50, 3_000, honesty: 1).tally
            ).qualityDrift)
        #expect(better.comparison[.rocArea]?.measured.value == 0)
    }

    /// A change that is large against chance is none where the baseline's windows vary as much.
    @Test func windowsThatVaryAskForMore() throws {
        var spread = QualitySpread()
        var before = QualityTally()
        for seed in UInt64(0)..<30 {
            let window = Predictions(seed, 2_000, honesty: seed % 2 == 0 ? 1 : 0.6).tally
            spread.add(window)
            before.merge(window)
        }
        let now = Predictions(99, 2_000, honesty: 0.6).tally
        #expect(spread.excess(of: .rocArea) > 5)
        #expect(report(before, now).qualityDrift?.verdict.isDrift == true)
        #expect(report(before, now, spread).qualityDrift?.verdict == .notDistinguishable)
        var steady = QualitySpread()
        for seed in UInt64(0)..<30 { steady.add(Predictions(seed, 2_000, honesty: 1).tally) }
        #expect(steady.excess(of: .rocArea) < 2 && steady.excess(of: .logLoss) < 2)
    }

    /// A monitor compares quality with the labels of its baseline's span; a worse window does not
    /// become the rule, and a restored monitor goes on alike.
    @Test func aMonitorHasABaselineOfQuality() throws {
        let hour: Int64 = 3_600_000
        let plan = WindowPlan(
            windowMillis: 2 * hour, slideMillis: hour, baseline: .preceding(spanMillis: 24 * hour))
        var monitor = DriftMonitor<FeatureTally>(policy: DriftPolicy(), plan: plan)
        var drifts: [Int64] = []
        for number in Int64(0)..<80 {
            var tally = FeatureTally(quantileSize: 200)
            tally.insert(1)
            let honesty = number >= 60 ? 0.3 : 1.0
            let outcome = monitor.close(
                number * hour..<(number + 1) * hour, [("x", tally)], scores: nil,
                judged: Predictions(UInt64(number), 400, honesty: honesty).tally)
            let quality = outcome.report?.qualityDrift
            #expect((quality == nil) == (number < 25), "hour \(number)")
            #expect(quality.map { $0.window.count == 800 } ?? true)
            if quality?.verdict.isDrift == true { drifts.append(number) }
        }
        #expect(drifts.first.map { (60...61).contains($0) } == true, "\(drifts)")
        #expect(Set(62..<80).isSubset(of: Set(drifts)))
        let baseline = monitor.baseline.quality
        var writer = ByteWriter()
        baseline.append(to: &writer)
        var reader = ByteReader(writer.bytes)
        let restored = try QualityBaseline(from: &reader)
        try reader.end()
        #expect(restored == baseline)
    }

    @Test func whatIsNoProbabilityHasALossAlone() throws {
        var tally = QualityTally()
        for value in 0..<20 { tally.add(loss: Double(value)) }
        tally.add(loss: .nan)
        tally.add(score: 2, label: 1)
        tally.add(score: .nan, label: 1)
        #expect(tally.count == 20 && tally.meanLoss?.value == 9.5)
        #expect(tally.rocArea == nil && tally.calibration == nil)
        tally.add(score: 0, label: 0)
        tally.add(score: 1, label: 1)
        #expect(tally.negatives[0] == 1 && tally.positives[QualityTally.bins - 1] == 1)
    }
}
