public import Model

/// A live feature that does not look like what the model was trained on: most often a unit that
/// changed upstream.
public struct ScaleWarning: Equatable, Sendable {
    public let feature: String
    public let live: Standardization
    public let trained: Standardization
    /// The factor between the two where mean and scale agree on one, such as 1000.
    public let factor: Double?
}

/// Compares live means and scales with those that a model standardises by.
public enum ScalerSentinel {
    /// A live mean further from the trained one than so many trained scales is a warning.
    public static let distanceMax = 8.0
    /// A live scale beyond this multiple of the trained one is a warning; one below its inverse
    /// is, if the mean has shrunk as much.
    public static let ratioMax = 20.0
    /// How closely mean and scale must agree on a factor: within a third.
    private static let agreement = 1.35
    /// Factors between usual units, in order of plausibility.
    private static let factors = [1_000.0, 100, 1_000_000, 60, 3_600, 86_400, 24, 1_024]

    /// Warnings in the order of the model's features; only of those that weigh something and were
    /// standardised in training.
    ///
    /// A scale that is small by itself is no warning: a feature of rare large values has one most
    /// of the time.
    /// - Parameter live: mean and scale of a feature lately; nil or scale 0 where it was not seen.
    public static func warnings(
        _ content: ModelContent, live: (String) -> Standardization?
    ) -> [ScaleWarning] {
        content.features.compactMap { feature in
            guard feature.isWeighed, case .numeric(_, let trained) = feature.weights,
                trained.scale > 0, trained != .identity, let found = live(feature.name),
                found.mean.isFinite
            else { return nil }
            let distance = abs(found.mean - trained.mean) / trained.scale
            let ratio = found.scale / trained.scale
            let factor = factor(found, trained)
            let isSmall = ratio < 1 / ratioMax && factor != nil
            guard distance > distanceMax || ratio > ratioMax || isSmall else { return nil }
            return ScaleWarning(
                feature: feature.name, live: found, trained: trained, factor: factor)
        }
    }

    private static func factor(_ live: Standardization, _ trained: Standardization) -> Double? {
        let byScale = live.scale / trained.scale
        let byMean = live.mean / trained.mean
        let candidates = factors.flatMap { [$0, 1 / $0] }
        return candidates.first { factor in
            agrees(byScale, factor)
                && (agrees(byMean, factor) || abs(trained.mean) < trained.scale / 2)
        }
    }

    private static func agrees(_ found: Double, _ factor: Double) -> Bool {
        found > factor / agreement && found < factor * agreement
    }
}
