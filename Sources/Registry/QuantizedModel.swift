public import Model

/// A model whose weights take fewer bits, and what that costs in quality.
///
/// Rounding is randomised: a weight between two representable numbers becomes the upper with the
/// probability of its place between them, so that each is right on average and errors do not add
/// up over many features (McMahan et al. 2013, *Ad Click Prediction*, §4.1). The intercept keeps
/// its precision; it is one number.
public struct QuantizedModel: Sendable {
    /// How a weight is stored.
    public enum Form: String, CaseIterable, Sendable {
        /// IEEE 754 single precision, 32 bits.
        case float32
        /// IEEE 754 half precision, 16 bits; numbers up to 65,504.
        case float16
        /// Fixed point in 16 bits, two before and 13 behind the point, and a sign: -4 ..< 4 in
        /// steps of 1/8192.
        case fixed = "q2.13"

        /// Bits of one weight.
        public var bits: Int { self == .float32 ? 32 : 16 }
    }

    /// What the rounding does to scores.
    public struct Loss: Equatable, Sendable {
        public var weights = 0
        /// Weights beyond the form's range, which became its largest.
        public var clamped = 0
        /// Weights that became 0.
        public var vanished = 0
        /// Largest difference of a weight of a standardised feature.
        public var weightErrorMax = 0.0
        /// Standard deviation of the margin's error, for independent standardised features; of a
        /// category, that of its worst bucket.
        public var marginError = 0.0
        /// The most that a margin can be off, every feature at the model's bound; nil without one.
        public var marginErrorMax: Double?
    }

    public let content: ModelContent
    public let loss: Loss

    /// Rounds every weight.
    ///
    /// - Parameter random: where the rounding comes from; the same seed gives the same model.
    public init(
        _ exact: ModelContent, as form: Form, using random: inout some RandomNumberGenerator
    ) {
        var content = exact
        var loss = Loss()
        var (variance, most) = (0.0, 0.0)
        for place in content.features.indices {
            var worst = 0.0
            func rounded(_ weight: Double) -> Double {
                let found = form.rounded(weight, using: &random)
                loss.note(weight, found, form)
                worst = max(worst, abs(found - weight))
                return found
            }
            switch content.features[place].weights {
            case .numeric(let weight, let scaling):
                content.features[place].weights = .numeric(weight: rounded(weight), scaling)
                most += worst * (exact.bound.isFinite ? exact.bound : 0)
            case .category(let bits, let entries):
                content.features[place].weights = .category(
                    bits: bits,
                    entries: entries.map { .init(bucket: $0.bucket, weight: rounded($0.weight)) })
                most += worst
            }
            variance += worst * worst
        }
        loss.marginError = variance.squareRoot()
        loss.marginErrorMax = exact.bound.isFinite ? most : nil
        content.solver.parameters["weightBits"] = Double(form.bits)
        content.solver.parameters["weightRoundingError"] = loss.weightErrorMax
        content.solver.parameters["marginRoundingError"] = loss.marginError
        self.content = content
        self.loss = loss
    }
}

extension QuantizedModel.Loss {
    fileprivate mutating func note(
        _ weight: Double, _ found: Double, _ form: QuantizedModel.Form
    ) {
        weights += 1
        weightErrorMax = max(weightErrorMax, abs(found - weight))
        if found == 0 && weight != 0 { vanished += 1 }
        if !form.range.contains(weight) { clamped += 1 }
    }
}

extension QuantizedModel.Form {
    /// Numbers that have a neighbour on each side.
    var range: ClosedRange<Double> {
        switch self {
        case .float32:
            -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
        case .float16: -Self.halfMax...Self.halfMax
        case .fixed: -4...(4 - Self.fixedStep)
        }
    }

    private static let halfMax = 65_504.0
    private static let fixedStep = 1.0 / 8_192

    /// One of the two representable numbers around the weight, by chance.
    func rounded(_ weight: Double, using random: inout some RandomNumberGenerator) -> Double {
        let weight = max(range.lowerBound, min(range.upperBound, weight))
        let step = step(at: weight)
        let below = (weight / step).rounded(.down) * step
        guard below != weight else { return weight }
        let share = (weight - below) / step
        let found = Double.random(in: 0..<1, using: &random) < share ? below + step : below
        return max(range.lowerBound, min(range.upperBound, found))
    }

    /// The distance of representable numbers around the weight, a power of two.
    private func step(at weight: Double) -> Double {
        switch self {
        case .fixed: Self.fixedStep
        case .float32: Self.step(at: weight, bits: 23, exponentMin: -126)
        case .float16: Self.step(at: weight, bits: 10, exponentMin: -14)
        }
    }

    private static func step(at weight: Double, bits: Int, exponentMin: Int) -> Double {
        let exponent = weight == 0 ? exponentMin : max(Int(weight.exponent), exponentMin)
        return Double(sign: .plus, exponent: exponent - bits, significand: 1)
    }
}
