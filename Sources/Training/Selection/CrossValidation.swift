public import Model

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
        public internal(set) var points: [PathPoint] = []
        public internal(set) var qualities: [FoldQuality] = []

        /// What is done of it.
        public var finished: FinishedFold { FinishedFold(points: points, qualities: qualities) }
    }

    public init(lambdas: [Double], foldCount: Int) {
        self.lambdas = lambdas
        self.foldCount = foldCount
    }

    /// One fold less judges, as it has no fits at all.
    public mutating func leaveOutFold() { foldCount -= 1 }

    /// Fits one more fold where the examples are, without a copy of them.
    ///
    /// - Parameters:
    ///   - design: of all rows. Weighs the fold's training rows alone afterwards.
    ///   - weights: of all rows, as given; nil for all equal.
    ///   - others: as of `fit`.
    /// - Throws: as `fit`.
    public mutating func add(
        _ split: Split, in design: inout Design, weights: [Double]?, rules: [WeightRule],
        settings: PathSettings, after finished: FinishedFold = FinishedFold(),
        goesOn: (Int) -> Bool
    ) throws(DescentError) {
        var training = [Double](repeating: 0, count: design.rowCount)
        for row in split.training { training[row] = weights?[row] ?? 1 }
        try design.reweigh(training)
        let test = TestRows(
            labels: split.test.map { design.labels[$0] },
            weights: weights.map { weights in split.test.map { weights[$0] } })
        add(
            try fit(
                split, on: design, rules: rules, settings: settings, after: finished,
                goesOn: goesOn
            ) { point in
                let margins = design.margins(at: point)
                return test.quality(split.test.map { margins[$0] }, of: point, settings.loss)
            })
    }

    /// Takes in a fold of `fit`; the order of folds makes no difference but for the last bits.
    public mutating func add(_ fold: Fold) { folds.append(fold) }

    /// Fits a fold on a copy of its rows, which may be done for several at once.
    ///
    /// - Parameters:
    ///   - settings: its λ are replaced by those of all folds.
    ///   - finished: what an interrupted run of the same inputs has done of the fold.
    ///   - goesOn: asked before each λ, with the number of λ done; false ends the fold.
    /// - Throws: what keeps the fold's training rows from having a path, such as one class.
    public func fit(
        _ fold: Split, of examples: Examples, rules: [WeightRule], settings: PathSettings,
        after finished: FinishedFold = FinishedFold(), goesOn: (Int) -> Bool
    ) throws(DescentError) -> Fold {
        let design = try Design(
            examples.selecting(fold.training), standardizes: settings.standardizes)
        let test = examples.selecting(fold.test)
        let rows = TestRows(labels: test.labels, weights: test.weights)
        return try fit(
            fold, on: design, rules: rules, settings: settings, after: finished, goesOn: goesOn
        ) { point in
            rows.quality(point.margins(of: test.matrix, design.scaling), of: point, settings.loss)
        }
    }

    private func fit(
        _ fold: Split, on design: Design, rules: [WeightRule], settings: PathSettings,
        after finished: FinishedFold, goesOn: (Int) -> Bool,
        quality: (PathPoint) -> FoldQuality
    ) throws(DescentError) -> Fold {
        var settings = settings
        settings.lambdas = .list(lambdas)
        var solver = try PathSolver(design, rules: rules, settings: settings)
        var done = Fold(split: fold, scaling: design.scaling)
        if finished.isWhole, solver.resume(after: finished.points) {
            (done.points, done.qualities) = (finished.points, finished.qualities)
        }
        while goesOn(done.points.count), let point = try solver.advance() {
            done.points.append(point)
            done.qualities.append(quality(point))
        }
        return done
    }

    /// What judges a fold's fits.
    private struct TestRows {
        let labels: [Double]
        /// Nil for all equal.
        let weights: [Double]?

        func quality(_ margins: [Double], of point: PathPoint, _ loss: Loss) -> FoldQuality {
            var scored = ScoredLabels()
            scored.reserveCapacity(margins.count)
            var (sum, total) = (0.0, 0.0)
            for row in margins.indices {
                let weight = weights?[row] ?? 1
                scored.append(score: margins[row], label: labels[row], weight: weight)
                sum += weight * loss.value(atMargin: margins[row], label: labels[row])
                total += weight
            }
            let ranking = loss == .logistic ? scored.ranking : (nil, nil)
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
