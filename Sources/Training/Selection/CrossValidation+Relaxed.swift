internal import Model

extension CrossValidation.Fold {
    /// A fit without penalty of the features that the fold itself chose at one λ, judged on its
    /// rest: what the choice and the fit after it come to on rows that neither has seen.
    ///
    /// - Parameters:
    ///   - place: of the λ.
    ///   - design: of all rows. Weighs the fold's training rows alone afterwards.
    ///   - weights: of all rows, as given; nil for all equal.
    ///   - rules: of the path, by which bounds still hold.
    ///   - settings: its λ are replaced.
    /// - Throws: `DescentError.separable` where nothing but the penalty held the weights.
    public func relaxed(
        at place: Int, in design: inout Design, weights: [Double]?, rules: [WeightRule],
        settings: PathSettings
    ) throws(DescentError) -> (point: PathPoint, quality: FoldQuality)? {
        var training = [Double](repeating: 0, count: design.rowCount)
        for row in split.training { training[row] = weights?[row] ?? 1 }
        try design.reweigh(training)
        var settings = settings
        settings.lambdas = .list([points[place].lambda])
        let support = Set(points[place].entries.map(\.column))
        var solver = try PathSolver(
            design, rules: rules.relaxed(to: support, columnCount: design.columnCount),
            settings: settings)
        guard let point = try solver.advance() else { return nil }
        let test = CrossValidation.TestRows(split.test, of: design, weights)
        return (point, test.quality(of: point, design, settings.loss))
    }
}
