/// A linear model in the form that scores: only non-zero weights, with their scaling folded in.
///
/// `margin = intercept + Σ weight_j · z_j`, `z_j = clamp((x_j - mean_j) / scale_j, ±bound)`, over
/// the entries present in the vector; what is missing contributes exactly 0. An entry keeps `weight
/// / scale`, so a score needs no division.
///
/// Memory: 4 bytes per index of the feature space, 32 per non-zero weight. A model is a value; one
/// thread owns the copy it scores with and may update it in place between events (`set`).
public struct SparseModel: Sendable {
    /// One non-zero weight.
    struct Entry: BitwiseCopyable {
        /// Weight per unit of the raw value.
        var slope: Double
        var mean: Double
        /// The most that `x - mean` may amount to: bound × scale.
        var reach: Double
        var index: UInt32
    }

    /// Names the weights in predictions, such as the artifact's digest or `online-1000`.
    public internal(set) var version: String
    public let space: FeatureSpace
    public let loss: Loss
    /// Standardised values are cut to `-bound…bound`; infinity leaves them as they are.
    public let bound: Double
    public internal(set) var intercept: Double
    var entries: [Entry] = []
    /// For each index, 1 + its place in `entries`, or 0.
    var places: [UInt32]
    /// What its training data was like, of the features that are computed as they were then; nil
    /// where its artifact does not say.
    public internal(set) var baseline: ModelBaseline?

    /// A model without weights: every score is the intercept's.
    public init(
        space: FeatureSpace, loss: Loss, version: String, intercept: Double = 0,
        bound: Double = .infinity
    ) {
        precondition(bound > 0, "bound \(bound); expected a positive number")
        precondition(intercept.isFinite, "intercept \(intercept)")
        self.space = space
        self.loss = loss
        self.version = version
        self.intercept = intercept
        self.bound = bound
        places = Array(repeating: 0, count: space.width)
    }

    /// Bytes that a model takes.
    ///
    /// - Parameter width: of its feature space.
    public static func byteCount(width: Int, nonZeroCount: Int) -> Int {
        width * MemoryLayout<UInt32>.stride + nonZeroCount * MemoryLayout<Entry>.stride
    }

    /// How many weights are not zero.
    public var nonZeroCount: Int { entries.count }
}
