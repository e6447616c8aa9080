public import Model
internal import Sparse

/// How good the fits of one λ are on rows that they have not seen.
public struct FoldQuality: Equatable, Sendable {
    /// Of the fold's rows, weighted.
    public var loss: Double
    /// Nil for a squared loss, and without both classes in the fold.
    public var rocArea: Double?
    public var averagePrecision: Double?
    public var nonZeroCount: Int
}

/// Fits of one path on every fold, judged on the rest.
///
/// λ are the same in every fold. A λ counts once all folds have it: some of them alone, as an
/// interrupted run leaves them, would judge by an easier or a harder part of the rows.
public struct CrossValidation: Sendable {
    public let lambdas: [Double]
    /// Folds that judge a λ.
    public private(set) var foldCount: Int
    public private(set) var folds: [Fold] = []

    /// The fits of one fold, by λ.
    public struct Fold: Sendable {
        public let split: Split
        /// Of its training rows.
        public let scaling: [Standardization]
        public fileprivate(set) var points: [PathPoint] = []
        public fileprivate(set) var qualities: [FoldQuality] = []

        /// What is done of it.
        public var finished: FinishedFold { FinishedFold(points: points, qualities: qualities) }
    }

    public init(lambdas: [Double], foldCount: Int) {
        self.lambdas = lambdas
        self.foldCount = foldCount
    }

    /// One fold less judges, as it has no fits at all.
    public mutating func leaveOutFold() { foldCount -= 1 }

    /// Fits one more fold where the examples are, without a copy of them; then judges its fits.
    ///
    /// - Parameters:
    ///   - design: of all rows. Weighs the fold's training rows alone afterwards.
    ///   - weights: of all rows, as given; nil for all equal.
    ///   - settings: its λ are replaced by those of all folds.
    ///   - finished: what an interrupted run of the same inputs has done of the fold.
    ///   - goesOn: asked before each λ, with the fits that are done; false ends the fold.
    /// - Throws: what keeps the fold's training rows from having a path, such as one class.
    public mutating func add(
        _ split: Split, in design: inout Design, weights: [Double]?, rules: [WeightRule],
        settings: PathSettings, after finished: FinishedFold = FinishedFold(),
        goesOn: ([PathPoint]) -> Bool
    ) throws(DescentError) {
        var training = [Double](repeating: 0, count: design.rowCount)
        for row in split.training { training[row] = weights?[row] ?? 1 }
        try design.reweigh(training)
        var settings = settings
        settings.lambdas = .list(lambdas)
        var solver = try PathSolver(design, rules: rules, settings: settings)
        var fold = Fold(split: split, scaling: design.scaling)
        if solver.resume(after: finished.points) {
            (fold.points, fold.qualities) = (finished.points, finished.judged)
        }
        let known = fold.qualities.count
        while goesOn(fold.points), let point = try solver.advance() {
            fold.points.append(point)
        }
        let test = TestRows(split.test, of: design, weights)
        fold.qualities += concurrently(
            fold.points.count - known, threadsMax: design.threadsMax
        ) { [fold, design, loss = settings.loss] place in
            test.quality(of: fold.points[known + place], design, loss)
        }
        folds.append(fold)
    }

    /// What judges a fold's fits.
    struct TestRows {
        let rows: [Int]
        let labels: [Double]
        /// Nil for all equal.
        let weights: [Double]?

        init(_ rows: [Int], of design: Design, _ weights: [Double]?) {
            self.rows = rows
            labels = rows.map { design.labels[$0] }
            self.weights = weights.map { weights in rows.map { weights[$0] } }
        }

        /// - Parameter design: at the weights by which the point was fitted.
        func quality(of point: PathPoint, _ design: Design, _ loss: Loss) -> FoldQuality {
            let margins = design.margins(at: point, design.scaling, of: rows)
            var (sum, total) = (0.0, 0.0)
            for place in margins.indices {
                let weight = weights?[place] ?? 1
                sum += weight * loss.value(atMargin: margins[place], label: labels[place])
                total += weight
            }
            let ranking =
                loss == .logistic
                ? ScoredLabels(scores: margins, labels: labels, weights: weights).ranking
                : (nil, nil)
            return FoldQuality(
                loss: total > 0 ? sum / total : .nan, rocArea: ranking.0,
                averagePrecision: ranking.1, nonZeroCount: point.nonZeroCount)
        }
    }

    /// λ that every fold has.
    public var completeCount: Int {
        folds.count < foldCount ? 0 : folds.map(\.qualities.count).min() ?? 0
    }

    /// Mean over the folds and its standard error (deviation over √folds) for each complete λ.
    public func summary(of measure: (FoldQuality) -> Double?) -> [MeanAndError] {
        (0..<completeCount).map { place in
            MeanAndError(folds.compactMap { measure($0.qualities[place]) }.filter(\.isFinite))
        }
    }
}

/// A mean of several values, and how far off it may be.
public struct MeanAndError: Equatable, Sendable {
    /// NaN of no values.
    public let mean: Double
    /// Standard deviation (divisor n - 1) over √n; 0 of one value.
    public let error: Double

    public init(_ values: [Double]) {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        error = values.count > 1 ? (squares / (n - 1) / n).squareRoot() : 0
    }
}
