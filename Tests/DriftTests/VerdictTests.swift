import TestSupport
import Testing

@testable import Drift

struct VerdictTests {
    private func report(
        _ baseline: [Double], _ window: [Double], weight: FeatureWeight? = nil
    ) -> DriftReport {
        DriftReport(
            [
                ("x", FeatureProfile(exactly: baseline), FeatureProfile(exactly: window))
            ], policy: DriftPolicy(), weights: ["x": weight ?? FeatureWeight(weight: 0, center: 0)])
    }

    @Test(arguments: UInt64(0)..<20) func verdictsFollowTheEffect(seed: UInt64) {
        var samples = Samples(seed)
        let baseline = samples.normals(5_000)
        let same = report(baseline, samples.normals(2_000)).features[0].verdict
        #expect(!same.isDrift, "\(same)")
        let moved = report(baseline, samples.normals(2_000, mean: 1)).features[0].verdict
        #expect(moved.isDrift, "\(moved)")
        let slight = report(baseline, samples.normals(20_000, mean: 0.12)).features[0].verdict
        #expect(slight == .slight)
        let few = report(baseline, samples.normals(50, mean: 3)).features[0].verdict
        #expect(few == .tooFewEvents)
    }

    /// Over 500 features of which none changed nothing is called drift, however many there are.
    @Test func manyTestsRaiseNoAlarm() {
        var samples = Samples(3)
        let features = (0..<500).map { number in
            (
                name: "f\(number)", baseline: FeatureProfile(exactly: samples.normals(400)),
                window: FeatureProfile(exactly: samples.normals(200))
            )
        }
        var policy = DriftPolicy()
        // Significance alone decides.
        policy.thresholds = policy.thresholds.mapValues { _ in 0 }
        let report = DriftReport(features, policy: policy)
        #expect(report.drifting.count <= 2, "\(report.drifting.map(\.name))")
    }

    @Test func belowTheSketchsErrorNothingIsDistinguishable() {
        var samples = Samples(9)
        let sample = samples.normals(10_000).sorted()
        var baseline = FeatureProfile(exactly: sample)
        var window = FeatureProfile(exactly: sample.map { $0 + 0.3 })
        func coarse(_ sorted: [Double], error: Double) -> Distribution {
            let (values, weights) = thinned(sorted, every: 100)
            return Distribution(ascending: values, weights: weights, rankError: error)
        }
        var policy = DriftPolicy()
        policy.thresholds = [.kolmogorovSmirnov: 0.05]
        for (error, isDrift) in [(0.01, true), (0.1, false)] {
            baseline.distribution = coarse(sample, error: error)
            window.distribution = coarse(sample.map { $0 + 0.3 }, error: error)
            let report = DriftReport([("x", baseline, window)], policy: policy)
            #expect(report.features[0].verdict.isDrift == isDrift)
        }
    }

    /// Windows that differ by season make events count less.
    @Test func alikeEventsOfAWindowCountLess() {
        var samples = Samples(21)
        var (steady, seasonal) = (DesignEffect(), DesignEffect())
        for window in 0..<40 {
            let shift = window % 2 == 0 ? 0.5 : -0.5
            for isSeasonal in [true, false] {
                let profile = FeatureProfile(
                    exactly: samples.normals(500, mean: isSeasonal ? shift : 0))
                if isSeasonal {
                    seasonal.add(count: 500, mean: profile.mean, variance: profile.variance)
                } else {
                    steady.add(count: 500, mean: profile.mean, variance: profile.variance)
                }
            }
        }
        #expect(steady.value < 2)
        // The means vary by 0.25 where 1.25 / 500 is expected.
        #expect((90...110).contains(seasonal.value), "\(seasonal.value)")
        var constant = DesignEffect()
        for window in 0..<10 {
            constant.add(count: 500, mean: Double(window % 2), variance: 0)
        }
        #expect(abs(constant.value - 500 * 10 / 9) < 2, "one event a window")
    }

    @Test func driftOfWhatNoModelWeighsIsMasked() {
        var samples = Samples(2)
        let (baseline, window) = (samples.normals(1_000), samples.normals(1_000, mean: 2))
        #expect(report(baseline, window).features[0].isMasked)
        let weighed = report(baseline, window, weight: FeatureWeight(weight: 0.5, center: 0))
        #expect(!weighed.features[0].isMasked)
        let change = weighed.features[0].contribution?.change ?? 0
        #expect(abs(change - 1) < 0.1)
    }

    /// A category is weighed by its buckets: Σ w · Δ share.
    @Test func driftOfWeighedCategoriesIsNotMasked() {
        let before = FeatureProfile(exactly: (0..<1_000).map { $0 % 10 == 0 ? "#1" : "#2" })
        let after = FeatureProfile(exactly: (0..<1_000).map { $0 % 2 == 0 ? "#1" : "#2" })
        func drift(_ weight: FeatureWeight?) -> DriftReport.Feature {
            DriftReport(
                [("channel", before, after)], policy: DriftPolicy(),
                weights: weight.map { ["channel": $0] } ?? [:]
            ).features[0]
        }
        let weighed = drift(FeatureWeight(categories: ["#1": 2, "#2": 0.5, "#3": 7]))
        #expect(weighed.verdict.isDrift && !weighed.isMasked)
        #expect(abs((weighed.contribution?.change ?? 0) - (0.4 * 2 - 0.4 * 0.5)) < 1e-12)
        #expect(drift(FeatureWeight(categories: ["#1": 0])).isMasked && drift(nil).isMasked)
    }

    /// What the sketches alone make is no work, and the moved mean is some whatever they make.
    @Test func theSketchsErrorIsKeptBesideTheWork() throws {
        var samples = Samples(5)
        let sample = samples.normals(20_000).sorted()
        func profile(_ shift: Double, every step: Int) -> FeatureProfile {
            let moved = sample.map { $0 + shift }
            var profile = FeatureProfile(exactly: moved)
            let (values, weights) = thinned(moved, every: step)
            profile.distribution = Distribution(
                ascending: values, weights: weights, rankError: 0.05)
            return profile
        }
        let same = FeatureComparison(profile(0, every: 170), against: profile(0, every: 110))
        let work = try #require(same[.wasserstein]?.measured)
        #expect(work.value > 0 && work.value < work.resolution && work.decisive == 0)
        let moved = FeatureComparison(profile(0.3, every: 170), against: profile(0, every: 110))
        let found = try #require(moved[.wasserstein]?.measured)
        #expect(found.resolution == work.resolution || found.resolution > 0.3)
        #expect(found.isDistinguishable && abs(found.decisive - 0.3) < 0.02)
    }

    /// The parts sum to the move of the mean margin, missing values included.
    @Test(arguments: UInt64(0)..<10) func contributionsExplainTheMargin(seed: UInt64) throws {
        var samples = Samples(seed)
        let weights = (0..<6).map { _ in
            FeatureWeight(weight: samples.normal(), center: samples.normal())
        }
        func rows(_ shift: Double) -> [[Double]] {
            (0..<6).map { feature in
                samples.normals(300, mean: feature == 2 ? shift : 0).map {
                    samples.uniform() < 0.1 ? .nan : $0
                }
            }
        }
        let (before, after) = (rows(0), rows(3))
        func margin(_ columns: [[Double]]) -> Double {
            (0..<300).reduce(0) { sum, row in
                sum
                    + (0..<6).reduce(0) { sum, feature in
                        let x = columns[feature][row]
                        let part = weights[feature].weight * (x - weights[feature].center)
                        return sum + (x.isNaN ? 0 : part)
                    }
            } / 300
        }
        let report = DriftReport(
            (0..<6).map {
                (
                    "f\($0)", FeatureProfile(exactly: before[$0]),
                    FeatureProfile(exactly: after[$0])
                )
            }, policy: DriftPolicy(),
            weights: Dictionary(uniqueKeysWithValues: (0..<6).map { ("f\($0)", weights[$0]) }))
        let explanation = try #require(report.explanation)
        #expect(abs(margin(after) - margin(before) - explanation.explained) < 1e-9)
    }
}
