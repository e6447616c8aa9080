internal import Glibc

/// The shares of two samples in the same bins, which is what PSI, Jensen–Shannon, Hellinger and
/// chi-squared compare.
public struct BinnedShares: Equatable, Sendable {
    /// The baseline's shares; they sum to 1 unless it is empty.
    public let baseline: [Double]
    /// The window's.
    public let window: [Double]
    /// The largest error of one share of either, 0…1.
    public let shareError: Double

    /// - Precondition: as many shares of one as of the other.
    public init(baseline: [Double], window: [Double], shareError: Double = 0) {
        precondition(
            baseline.count == window.count, "\(baseline.count) bins against \(window.count)")
        self.baseline = baseline
        self.window = window
        self.shareError = shareError
    }

    /// The shares between the edges: at or below the first, between neighbours (the upper one
    /// included), above the last.
    ///
    /// - Parameter edges: ascending.
    /// - Error: a share is a difference of two ranks, so off by twice the larger rank error.
    public init(_ baseline: Distribution, _ window: Distribution, edges: [Double]) {
        self.init(
            baseline: baseline.shares(edges: edges), window: window.shares(edges: edges),
            shareError: 2 * max(baseline.rankError, window.rankError))
    }

    /// Σ (q - p) ln(q / p), p the baseline, q the window (Kullback and Leibler's J, 1951). Below
    /// 0.1 by custom nothing happened, from 0.25 much did.
    ///
    /// An empty bin counts as 0.0001, or, where a filled one holds no more than it, as a millionth
    /// of the smallest one (Evidently's rule).
    public var populationStability: Measured {
        let p = Self.filled(baseline)
        let q = Self.filled(window)
        var sum = 0.0
        for bin in p.indices { sum += (q[bin] - p[bin]) * log(q[bin] / p[bin]) }
        return Measured(sum, resolution: resolution { ($0 - $1) * log($0 / $1) })
    }

    /// The square root of the Jensen–Shannon divergence to base 2 (Endres and Schindelin 2003),
    /// 0…1.
    public var jensenShannon: Measured {
        func part(_ share: Double, _ middle: Double) -> Double {
            share > 0 ? share * log2(share / middle) : 0
        }
        func term(_ p: Double, _ q: Double) -> Double {
            (part(p, (p + q) / 2) + part(q, (p + q) / 2)) / 2
        }
        return root(term)
    }

    /// √(½ Σ (√p - √q)²) (Hellinger 1909), 0…1.
    public var hellinger: Measured {
        root { p, q in
            let gap = p.squareRoot() - q.squareRoot()
            return gap * gap / 2
        }
    }

    /// The largest change of one share, 0…1.
    public var largestChange: Measured {
        var change = 0.0
        for bin in baseline.indices { change = max(change, abs(window[bin] - baseline[bin])) }
        return Measured(change, resolution: min(1, 2 * shareError))
    }

    /// Pearson's test that both samples are of one law: Σ (√(m/n) a - √(n/m) b)² / (a + b) over the
    /// bins that either fills, a of n and b of m values.
    ///
    /// - Parameters:
    ///   - baselineCount: effective size of the baseline's sample.
    ///   - windowCount: of the window's.
    public func chiSquared(baselineCount n: Double, windowCount m: Double) -> ChiSquared {
        var sum = 0.0
        var filled = 0
        for bin in baseline.indices where baseline[bin] + window[bin] > 0 {
            filled += 1
            let gap = baseline[bin] - window[bin]
            sum += gap * gap / (baseline[bin] / m + window[bin] / n)
        }
        let degrees = max(0, filled - 1)
        return ChiSquared(
            statistic: sum, degrees: degrees,
            probability: Tail.chiSquared(sum, degrees: Double(degrees)))
    }

    private func root(_ term: (Double, Double) -> Double) -> Measured {
        var sum = 0.0
        for bin in baseline.indices { sum += term(baseline[bin], window[bin]) }
        return Measured(
            max(0, sum).squareRoot(), resolution: max(0, resolution(term)).squareRoot())
    }

    /// The sum of the terms of two samples of the baseline's law whose errors oppose.
    private func resolution(_ term: (Double, Double) -> Double) -> Double {
        guard shareError > 0 else { return 0 }
        return baseline.reduce(0) { sum, share in
            sum + term(share + shareError, max(1e-4, share - shareError))
        }
    }

    private static func filled(_ shares: [Double]) -> [Double] {
        let least = shares.reduce(1) { $1 > 0 ? min($0, $1) : $0 }
        let floor = least <= 1e-4 ? least / 1e6 : 1e-4
        return shares.map { $0 > 0 ? $0 : floor }
    }
}

/// What Pearson's test found.
public struct ChiSquared: Equatable, Sendable {
    public var statistic: Double
    public var degrees: Int
    /// Of so large a statistic where nothing changed.
    public var probability: Double
}

extension Distribution {
    /// Edges that part the weight into about `count` equal shares, ascending, each once; fewer
    /// where single values hold more, two around a value that holds all. O(count log n).
    public func edges(bins count: Int) -> [Double] {
        var edges: [Double] = []
        for bin in 1..<max(2, count) {
            guard let edge = quantile(Double(bin) / Double(count)) else { break }
            if edges.last.map({ $0 < edge }) ?? true, edge < values[values.count - 1] {
                edges.append(edge)
            }
        }
        // Below, at and above the only value.
        if edges.isEmpty, let only = values.first { edges = [only.nextDown, only] }
        return edges
    }

    fileprivate func shares(edges: [Double]) -> [Double] {
        guard !isEmpty else { return Array(repeating: 0, count: edges.count + 1) }
        let below = edges.map { share(atOrBelow: $0) }
        return (0...edges.count).map { bin in
            (bin < edges.count ? below[bin] : 1) - (bin > 0 ? below[bin - 1] : 0)
        }
    }
}
