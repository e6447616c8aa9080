/// How much more the quality of windows varies than their labels' chance explains, by measure: the
/// windows each by itself and in groups of a day's hours, as `WindowSpread` does for features.
struct QualitySpread: Equatable, Sendable {
    var single: [Heterogeneity] = Self.none
    var grouped: [Heterogeneity] = Self.none
    var group = QualityTally()
    var windows = 0

    private static let none = Array(repeating: Heterogeneity(), count: DriftMeasure.ofQuality.count)

    /// Takes the next window.
    mutating func add(_ tally: QualityTally) {
        Self.add(tally, to: &single)
        group.merge(tally)
        windows += 1
        guard windows == WindowSpread.groupWindows else { return }
        Self.add(group, to: &grouped)
        (group, windows) = (QualityTally(), 0)
    }

    private static func add(_ tally: QualityTally, to spreads: inout [Heterogeneity]) {
        for (place, measure) in DriftMeasure.ofQuality.enumerated() {
            if let estimate = tally.estimate(measure) { spreads[place].add(estimate) }
        }
    }

    /// By what the variance of a measure is to be multiplied, 1 at least.
    func excess(of measure: DriftMeasure) -> Double {
        guard let place = DriftMeasure.ofQuality.firstIndex(of: measure) else { return 1 }
        return max(single[place].excess, grouped[place].excess)
    }
}

/// The variance of estimates around their weighted mean, over what their own variances explain:
/// Cochran's Q over its degrees of freedom (Cochran 1954; Birge 1932).
struct Heterogeneity: Equatable, Sendable {
    var estimates = 0.0
    /// Σ 1 / variance.
    var precision = 0.0
    var mean = 0.0
    /// Q = Σ (x - mean)² / variance.
    var scatter = 0.0

    /// Takes one estimate; one without a variance is ignored.
    mutating func add(_ estimate: Estimate) {
        guard estimate.value.isFinite, estimate.variance > 0, estimate.variance.isFinite else {
            return
        }
        let weight = 1 / estimate.variance
        let gap = estimate.value - mean
        let total = precision + weight
        scatter += precision * weight / total * gap * gap
        mean += gap * weight / total
        precision = total
        estimates += 1
    }

    /// 1 at least, and until there are as many estimates as a design effect asks for.
    var excess: Double {
        guard estimates >= DesignEffect.windowsMin else { return 1 }
        return max(1, scatter / (estimates - 1))
    }
}
