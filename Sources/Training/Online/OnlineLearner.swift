public import Model
public import Sparse

/// Learns a linear model one labelled vector at a time: standardises the numeric features by their
/// running statistics, then FTRL-Proximal. The same examples in the same order give the same bits.
///
/// A vector is learned as it was scored: raw values, what is missing left out or NaN.
public struct OnlineLearner: Sendable {
    /// Loss, solver, scaling and publication. The defaults are those that did best in one pass over
    /// the public card payments of the tests, with labels seven days late.
    public struct Parameters: Equatable, Sendable {
        public var loss: Loss
        public var ftrl: FTRLProximal.Parameters
        /// Standardised values are cut to `-bound…bound`. An indicator that is true once in 1,600
        /// events stands at 40: a smaller bound costs rare and telling values their weight.
        public var bound: Double
        /// Examples between two publications of the weights.
        public var publishEvery: Int

        public init(
            loss: Loss = .logistic, ftrl: FTRLProximal.Parameters = .init(), bound: Double = 40,
            publishEvery: Int = 1_000
        ) {
            self.loss = loss
            self.ftrl = ftrl
            self.bound = bound
            self.publishEvery = publishEvery
        }
    }

    public let space: FeatureSpace
    public let parameters: Parameters
    var ftrl: FTRLProximal
    var scaler: OnlineScaler
    /// Examples learned since the beginning.
    public internal(set) var learned = 0
    /// Examples that no loss is defined for, such as a label that is not finite.
    public internal(set) var refused = 0
    /// `learned` at the last publication.
    var published = 0
    private var standardized = SparseVector()

    public init(space: FeatureSpace, parameters: Parameters) {
        precondition(
            parameters.bound > 0 && parameters.publishEvery > 0 && parameters.ftrl.areValid,
            "\(parameters)")
        self.space = space
        self.parameters = parameters
        ftrl = FTRLProximal(width: space.width, parameters: parameters.ftrl)
        scaler = OnlineScaler(numericCount: space.numericCount)
    }

    /// Scales the penalties of one index; 0 for a feature that must stay.
    public mutating func setPenaltyFactor(_ factor: Double, at index: Int) {
        ftrl.setPenaltyFactor(factor, at: index)
    }

    /// Importance weights beyond this are refused, so that sums stay finite.
    public static let weightMax = 1e9

    /// Learns one example. One whose label the loss is not defined for, or whose weight is not in
    /// 0…`weightMax`, is refused and counted; one of weight 0 teaches nothing.
    ///
    /// - Parameter weight: the example's importance, such as 10 for a negative kept one time in
    ///   ten.
    public mutating func learn(
        _ vector: borrowing SparseVector, label: Double, weight: Double = 1
    ) {
        guard parameters.loss.accepts(label: label), weight >= 0, weight <= Self.weightMax else {
            refused += 1
            return
        }
        guard weight > 0 else { return }
        standardized.removeAll()
        scaler.observe(
            vector, weight: weight, standardizingInto: &standardized, bound: parameters.bound)
        let margin = ftrl.margin(of: standardized)
        let gradient = parameters.loss.gradient(atMargin: margin, label: label)
        ftrl.learn(standardized, gradient: weight * gradient)
        learned += 1
    }
}
