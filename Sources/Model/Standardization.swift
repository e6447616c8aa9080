/// How a numeric feature is brought to a common scale: `z = (x - mean) / scale`, in a model also
/// cut to `-bound…bound`. Missing values stand for the mean.
public struct Standardization: Equatable, Sendable, BitwiseCopyable {
    public var mean: Double
    /// Standard deviation with divisor n (as scikit-learn's `StandardScaler`); 0 for a constant
    /// feature, which then contributes nothing.
    public var scale: Double

    /// Leaves values as they are.
    public static let identity = Standardization(mean: 0, scale: 1)

    public init(mean: Double, scale: Double) {
        self.mean = mean
        self.scale = scale
    }

    /// The standardised value within `-bound…bound`; 0 when `value` is missing or the scale is 0.
    public func standardized(_ value: Double, bound: Double) -> Double {
        guard value.isFinite, scale > 0 else { return 0 }
        return max(-bound, min(bound, (value - mean) / scale))
    }
}
