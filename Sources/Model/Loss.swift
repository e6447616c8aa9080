#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a model minimises per example, as a function of the margin *m* = intercept + w·z and label
/// *y*.
///
/// | loss | prediction | loss value | gradient by *m* | labels |
/// |---|---|---|---|---|
/// | logistic | 1 / (1 + e^-m) | log(1 + e^m) - y m | prediction - y | 0…1 |
/// | squared | m | (m - y)² / 2 | m - y | finite |
/// | poisson | e^m | e^m - y m | prediction - y | ≥ 0 |
public enum Loss: String, CaseIterable, Sendable {
    case logistic, squared, poisson

    /// Margins beyond this are taken as this by `poisson`: e^500 is about 1e217, so sums stay
    /// finite.
    static let poissonMarginMax = 500.0

    /// The prediction (mean of the label) at a margin: a probability for `logistic`.
    public func prediction(atMargin margin: Double) -> Double {
        switch self {
        case .logistic: Self.sigmoid(margin)
        case .squared: margin
        case .poisson: exp(min(margin, Self.poissonMarginMax))
        }
    }

    /// The loss of one example; no cancellation or overflow at margins of any size.
    public func value(atMargin margin: Double, label: Double) -> Double {
        switch self {
        case .logistic: max(margin, 0) - margin * label + log1p(exp(-abs(margin)))
        case .squared: 0.5 * (margin - label) * (margin - label)
        case .poisson: prediction(atMargin: margin) - label * margin
        }
    }

    /// Derivative of the loss by the margin, for all three `prediction - label`.
    public func gradient(atMargin margin: Double, label: Double) -> Double {
        prediction(atMargin: margin) - label
    }

    /// Whether the loss is defined for the label.
    public func accepts(label: Double) -> Bool {
        switch self {
        case .logistic: label >= 0 && label <= 1
        case .squared: label.isFinite
        case .poisson: label >= 0 && label.isFinite
        }
    }

    /// The margin at which the prediction is `mean`, bounded where the link is infinite.
    public func margin(atPrediction mean: Double) -> Double {
        switch self {
        case .logistic: log(max(mean, 1e-12)) - log(max(1 - mean, 1e-12))
        case .squared: mean
        case .poisson: log(max(mean, 1e-12))
        }
    }

    /// `1 / (1 + e^-m)`, from the side that does not overflow.
    private static func sigmoid(_ margin: Double) -> Double {
        let power = exp(-abs(margin))
        return margin >= 0 ? 1 / (1 + power) : power / (1 + power)
    }
}
