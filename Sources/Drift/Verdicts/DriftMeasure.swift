/// Everything by which two profiles of a feature are compared, and the quality of predictions. The
/// raw value is its name in project files, messages and reports.
public enum DriftMeasure: String, CaseIterable, Sendable {
    /// Kolmogorov–Smirnov, 0…1.
    case kolmogorovSmirnov = "ks"
    /// Wasserstein-1 in the baseline's standard deviations.
    case wasserstein
    /// Population stability index over the baseline's tenths, or over categories.
    case populationStability = "psi"
    /// Jensen–Shannon distance to base 2, 0…1, over the same bins.
    case jensenShannon = "js"
    /// Hellinger distance, 0…1, over the same bins.
    case hellinger
    /// Cramér's V of Pearson's test over the same bins, 0…1.
    case chiSquared = "chi2"
    /// The largest change of one category's share, 0…1.
    case largestChange = "linf"
    /// |change of the mean| in the baseline's standard deviations.
    case meanShift = "mean"
    /// |ln(variance / baseline's variance)|.
    case varianceChange = "variance"
    /// |change of the share of events| without a value, 0…1.
    case missing
    /// |change of the share of events| that are exactly zero, 0…1.
    case zero
    /// |change of the share of events| that are infinite or no number, 0…1.
    case nonFinite = "nonfinite"
    /// |change of the share of events| of an unknown category, 0…1.
    case unseen
    /// |ln(distinct values / baseline's)|.
    case distinct
    /// How much smaller the area under the ROC curve is against labels.
    case rocArea = "auc"
    /// By which share of itself the mean loss is larger against labels.
    case logLoss = "logloss"
    /// |ln(ratio of positives to promised ones / baseline's)|.
    case calibration

    /// Those of predictions against labels.
    public static let ofQuality: [DriftMeasure] = [.rocArea, .logLoss, .calibration]
    /// Those of values.
    public static let ofValues = allCases.filter { !ofQuality.contains($0) }

    /// What it is called where people read.
    public var title: String {
        switch self {
        case .kolmogorovSmirnov: "Kolmogorov–Smirnov"
        case .wasserstein: "Wasserstein (sd)"
        case .populationStability: "PSI"
        case .jensenShannon: "Jensen–Shannon"
        case .hellinger: "Hellinger"
        case .chiSquared: "chi-squared (V)"
        case .largestChange: "L∞"
        case .meanShift: "mean shift (sd)"
        case .varianceChange: "ln variance ratio"
        case .missing: "missing"
        case .zero: "zero"
        case .nonFinite: "non-finite"
        case .unseen: "unseen"
        case .distinct: "ln distinct ratio"
        case .rocArea: "AUC"
        case .logLoss: "mean loss"
        case .calibration: "ln positives per promised one"
        }
    }
}
