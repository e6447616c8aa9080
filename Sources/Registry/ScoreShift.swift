internal import Glibc
public import Model

/// How far scores are expected to move from one model to another.
///
/// The features are taken as independent with the mean and the scale of the later model's scaler,
/// and the margin as normal. Real features are correlated: the shift of the mean margin is exact
/// for numeric features within the bound, the spread an estimate. Categories are left out, for no
/// model keeps their frequencies.
public struct ScoreShift: Equatable, Sendable {
    /// Mean of the later margin less that of the earlier.
    public let meanMargin: Double
    /// Standard deviation of the difference of the two margins of one event.
    public let marginSpread: Double
    /// Mean scores before and after: where both artifacts tell theirs, those over each one's own
    /// examples, otherwise estimates.
    public let meanScoreBefore: Double
    public let meanScoreAfter: Double
    public let areMeansEstimated: Bool
    /// Features whose effect is not part of this.
    public let categoriesLeftOut: Int

    public init(from before: ModelContent, to after: ModelContent) {
        let scalers = Self.scalers(before).merging(Self.scalers(after)) { _, later in later }
        let old = Self.margin(of: before, over: scalers)
        let new = Self.margin(of: after, over: scalers)
        meanMargin = new.mean - old.mean
        marginSpread = scalers.keys.sorted()
            .reduce(0) { sum, name in
                let difference = (new.slopes[name] ?? 0) - (old.slopes[name] ?? 0)
                return sum + difference * difference
            }.squareRoot()
        let known = (Self.knownMeanScore(before), Self.knownMeanScore(after))
        areMeansEstimated = known.0 == nil || known.1 == nil
        meanScoreBefore =
            areMeansEstimated ? Self.meanScore(old, before.loss) : known.0 ?? .nan
        meanScoreAfter = areMeansEstimated ? Self.meanScore(new, after.loss) : known.1 ?? .nan
        categoriesLeftOut =
            Set(Self.categories(before) + Self.categories(after)).count
    }

    /// Standard deviation of one numeric feature's part of the difference.
    static func spread(
        from before: ModelContent.Feature?, to after: ModelContent.Feature?
    ) -> Double? {
        var (old, new, scale) = (0.0, 0.0, 0.0)
        if let before {
            guard case .numeric(let weight, let scaling) = before.weights else { return nil }
            old = scaling.scale > 0 ? weight / scaling.scale : 0
            scale = scaling.scale
        }
        if let after {
            guard case .numeric(let weight, let scaling) = after.weights else { return nil }
            new = scaling.scale > 0 ? weight / scaling.scale : 0
            scale = scaling.scale > 0 ? scaling.scale : scale
        }
        return abs(new - old) * scale
    }

    private static func scalers(_ content: ModelContent) -> [String: Standardization] {
        var scalers: [String: Standardization] = [:]
        for feature in content.features {
            if case .numeric(_, let scaling) = feature.weights, scaling.scale > 0 {
                scalers[feature.name] = scaling
            }
        }
        return scalers
    }

    private static func categories(_ content: ModelContent) -> [String] {
        content.features.filter { feature in
            if case .category = feature.weights { feature.isWeighed } else { false }
        }.map(\.name)
    }

    private static func knownMeanScore(_ content: ModelContent) -> Double? {
        guard case .numeric(let scores?)? = content.baseline?.scores.values else { return nil }
        return scores.mean
    }

    private struct Margin {
        var mean = 0.0
        /// Per standard deviation of each feature.
        var slopes: [String: Double] = [:]
        var variance: Double {
            slopes.keys.sorted().reduce(0) { $0 + (slopes[$1] ?? 0) * (slopes[$1] ?? 0) }
        }
    }

    private static func margin(
        of content: ModelContent, over scalers: [String: Standardization]
    ) -> Margin {
        var margin = Margin(mean: content.intercept)
        for feature in content.features {
            guard case .numeric(let weight, let own) = feature.weights, own.scale > 0,
                let common = scalers[feature.name]
            else { continue }
            margin.mean += weight * (common.mean - own.mean) / own.scale
            margin.slopes[feature.name] = weight * common.scale / own.scale
        }
        return margin
    }

    /// E[score] over a normal margin, by the trapezoid rule on ±8 standard deviations.
    private static func meanScore(_ margin: Margin, _ loss: Loss) -> Double {
        let deviation = margin.variance.squareRoot()
        guard deviation > 0, deviation.isFinite else {
            return loss.prediction(atMargin: margin.mean)
        }
        var (sum, total) = (0.0, 0.0)
        for step in -400...400 {
            let z = Double(step) / 50
            let density = exp(-z * z / 2)
            total += density
            sum += density * loss.prediction(atMargin: margin.mean + z * deviation)
        }
        return sum / total
    }
}
