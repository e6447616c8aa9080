import JSON
import TestSupport
import Testing

@testable import Drift

private let scipy = PythonProgram(importing: "numpy", "scipy")

/// SciPy's distances and tests, and PSI and Jensen–Shannon as Evidently 0.7 defines them
/// (`legacy/calculations/stattests/{psi,jensenshannon,utils}.py`).
private let program = """
    import json, sys
    import numpy as np
    from scipy import stats
    from scipy.spatial import distance
    def filled(p):
        p = p.copy(); least = p[p != 0].min()
        p[p == 0] = least / 10**6 if least <= 0.0001 else 0.0001
        return p
    for line in sys.stdin:
        case = json.loads(line)
        a, b = np.array(case["a"]), np.array(case["b"])
        edges = np.concatenate([[-1e9], np.array(case["edges"]), [1e9]])
        n, m = len(a), len(b)
        ks = stats.ks_2samp(a, b, method="asymp").statistic
        counts = [np.histogram(x, edges)[0] for x in (a, b)]
        p, q = counts[0] / n, counts[1] / m
        P, Q = filled(p), filled(q)
        keep = counts[0] + counts[1] > 0
        chi = stats.chi2_contingency([counts[0][keep], counts[1][keep]], correction=False)
        print(ks, stats.kstwobign.sf(ks * np.sqrt(n * m / (n + m))),
            stats.wasserstein_distance(a, b), np.sum((P - Q) * np.log(P / Q)),
            distance.jensenshannon(p, q, 2),
            np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2), chi.statistic, chi.pvalue,
            abs(p - q).max())
    """

private struct Case {
    let baseline: [Double]
    let window: [Double]
    let edges: [Double]

    init(_ seed: UInt64) {
        var samples = Samples(seed)
        let count = 200 + Int(samples.uniform() * 800)
        baseline = samples.normals(1_000)
        window = samples.normals(
            count, mean: 0.1 * Double(seed % 6), deviation: 1 + 0.1 * Double(seed % 3)
        )
        .map { seed % 4 == 0 ? ($0 * 4).rounded() / 4 + 0.01 : $0 }
        edges = Distribution(exactly: baseline).edges(bins: 5 + Int(seed % 20)).map { $0 + 1e-6 }
    }

    var line: String {
        "{\"a\":\(baseline),\"b\":\(window),\"edges\":\(edges)}\n"
    }

    var own: [Double] {
        let (a, b) = (Distribution(exactly: baseline), Distribution(exactly: window))
        let ks = b.kolmogorovSmirnov(to: a).value
        let bins = BinnedShares(a, b, edges: edges)
        let (n, m) = (Double(baseline.count), Double(window.count))
        let chi = bins.chiSquared(baselineCount: n, windowCount: m)
        return [
            ks, Tail.kolmogorov(ks * (n * m / (n + m)).squareRoot()), b.wasserstein(to: a).value,
            bins.populationStability.value, bins.jensenShannon.value, bins.hellinger.value,
            chi.statistic, chi.probability, bins.largestChange.value,
        ]
    }
}

struct DistanceTests {
    @Test(.enabled(if: scipy != nil, "needs SciPy"))
    func agreesWithSciPyAndEvidently() throws {
        let cases = (UInt64(0)..<24).map { Case($0) }
        let input = cases.map(\.line).joined()
        let output = try #require(scipy?.output(of: program, input: input))
        let rows = output.split(separator: "\n").map { $0.split(separator: " ").map { Double($0) } }
        try #require(rows.count == cases.count, "\(output.prefix(500))")
        for (seed, (row, own)) in zip(rows, cases.map(\.own)).enumerated() {
            for (place, (theirs, ours)) in zip(row, own).enumerated() {
                let theirs = try #require(theirs)
                #expect(
                    abs(theirs - ours) <= 1e-9 * max(1, abs(theirs)),
                    "seed \(seed), number \(place): \(ours) against \(theirs)")
            }
        }
    }

    @Test(.enabled(if: scipy != nil, "needs SciPy"))
    func tailsAndFalseDiscoveryAgreeWithSciPy() throws {
        let source = """
            import sys
            from scipy import stats
            for line in sys.stdin:
                x = [float(w) for w in line.split()]
                print(*[stats.chi2.sf(x[i], 1 + i * 7) for i in range(len(x))],
                    *[stats.kstwobign.sf(v / 8) for v in x],
                    *[2 * stats.norm.sf(abs(v / 3)) for v in x])
                p = [stats.norm.sf(v / 6) for v in x]
                print(*p); print(*stats.false_discovery_control(p))
            """
        var samples = Samples(5)
        let x = (0..<40).map { _ in samples.uniform() * 30 }
        let input = x.map { "\($0)" }.joined(separator: " ")
        let output = try #require(scipy?.output(of: source, input: input + "\n"))
        let rows = output.split(separator: "\n").map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
        try #require(rows.count == 3, "\(output)")
        let own =
            x.indices.map { Tail.chiSquared(x[$0], degrees: Double(1 + $0 * 7)) }
            + x.map { Tail.kolmogorov($0 / 8) } + x.map { Tail.normalTwoSided($0 / 3) }
        for (ours, theirs) in zip(own, rows[0]) {
            #expect(abs(ours - theirs) <= 1e-11 + 1e-9 * theirs, "\(ours), \(theirs)")
        }
        for (ours, theirs) in zip(FalseDiscovery.adjusted(rows[1]), rows[2]) {
            #expect(abs(ours - theirs) <= 1e-12)
        }
    }

    /// What sketches of one sample and of another say is off by no more than they promise.
    @Test(arguments: UInt64(0)..<30) func resolutionBoundsTheSketchsError(seed: UInt64) {
        var samples = Samples(seed)
        let a = samples.normals(4_000).sorted()
        let b = samples.normals(4_000, mean: 0.2).sorted()
        let step = 20 + Int(seed) * 4
        func sketch(_ sample: [Double]) -> Distribution {
            let (values, weights) = thinned(sample, every: step)
            return Distribution(
                ascending: values, weights: weights, rankError: Double(step) / 4_000)
        }
        let exact = Distribution(exactly: b).kolmogorovSmirnov(to: Distribution(exactly: a)).value
        let found = sketch(b).kolmogorovSmirnov(to: sketch(a))
        #expect(abs(found.value - exact) <= found.resolution)
        let same = sketch(a).kolmogorovSmirnov(to: Distribution(exactly: a))
        #expect(!same.isDistinguishable, "\(same)")
        let work = Distribution(exactly: b).wasserstein(to: Distribution(exactly: a)).value
        let sketched = sketch(b).wasserstein(to: sketch(a))
        #expect(abs(sketched.value - work) <= sketched.resolution + 8 * Double(step) / 4_000)
    }

    @Test func emptyAndConstantOnesAreNoTrap() {
        let empty = Distribution.empty
        let one = Distribution(exactly: [3])
        #expect(empty.kolmogorovSmirnov(to: one).value == 0)
        #expect(one.wasserstein(to: empty).value == 0)
        #expect(one.wasserstein(to: Distribution(exactly: [5])).value == 2)
        #expect(one.edges(bins: 10) == [Double(3).nextDown, 3] && empty.edges(bins: 10).isEmpty)
        #expect(Distribution(exactly: [.nan, .infinity]).isEmpty)
        let comparison = FeatureComparison(FeatureProfile(), against: FeatureProfile())
        #expect(comparison.findings.isEmpty)
        let huge = FeatureProfile(exactly: [1e308, -1e308, 1e308] as [Double])
        for finding in FeatureComparison(huge, against: huge).findings {
            #expect(!(finding.measured.value > 0), "\(finding)")
        }
    }

    /// Fewer steps, and never further off than they say: continuous values, few values, and an atom
    /// among continuous ones.
    @Test(arguments: UInt64(0)..<30) func aCoarserDistributionKeepsItsPromise(seed: UInt64) {
        var samples = Samples(seed)
        let sample = (0..<5_000).map { _ -> Double in
            switch seed % 3 {
            case 0: samples.normal()
            case 1: (samples.normal() * 3).rounded()
            default: samples.uniform() < 0.4 ? 0 : samples.normal()
            }
        }
        let whole = Distribution(exactly: sample)
        let parts = Int(5 + seed)
        let coarse = whole.coarsened(parts: parts)
        #expect(coarse.values.count <= max(2 * parts, seed % 3 == 1 ? whole.values.count : 0))
        #expect(coarse.weight == whole.weight && coarse.rankError <= 1 / Double(parts))
        let gap =
            whole.values.map {
                abs(whole.share(atOrBelow: $0) - coarse.share(atOrBelow: $0))
            }.max() ?? 0
        // What is off is the share just below a value, or at it.
        #expect(gap <= coarse.rankError + 1e-12 && gap >= coarse.rankError / 2)
        #expect(seed % 3 != 2 || abs(coarse.share(atOrBelow: 0) - whole.share(atOrBelow: 0)) < 0.1)
    }
}
