/// How often each column gets a weight when fits see only half of the rows (Meinshausen & Bühlmann
/// 2010): what a model does not owe to chance has a probability near 1.
public struct StabilitySelection: Sendable {
    private var counts: [Int]
    /// Halves that were fitted.
    public private(set) var rounds = 0

    public init(columnCount: Int) { counts = Array(repeating: 0, count: columnCount) }

    /// Of each column, among the rounds; nil before the first.
    public var probabilities: [Double]? {
        rounds > 0 ? counts.map { Double($0) / Double(rounds) } : nil
    }

    /// Takes in what `fitHalf` found.
    public mutating func add(_ half: PathPoint) {
        rounds += 1
        for entry in half.entries { counts[entry.column] += 1 }
    }

    /// One half of the rows, drawn without replacement, positives and negatives alike: whether each
    /// row is in it.
    @inlinable
    public static func half(
        of labels: [Double], using random: inout some RandomNumberGenerator
    ) -> [Bool] {
        var isDrawn = [Bool](repeating: false, count: labels.count)
        for isPositive in [true, false] {
            let all = labels.indices.filter { (labels[$0] > 0.5) == isPositive }
            for row in all.shuffled(using: &random).prefix((all.count + 1) / 2) {
                isDrawn[row] = true
            }
        }
        return isDrawn
    }

    /// A fit of one half where the examples are, without a copy of them.
    ///
    /// - Parameters:
    ///   - half: whether each row is in it.
    ///   - design: of all rows. Weighs the half alone afterwards.
    ///   - weights: of all rows, as given; nil for all equal.
    ///   - whole: the fit of all rows at the λ that is judged, which the half's begins with.
    /// - Returns: the half's fit at the same λ.
    /// - Throws: what keeps the half from having a fit, such as a single class.
    public static func fit(
        _ half: [Bool], in design: inout Design, weights: [Double]?, rules: [WeightRule],
        settings: PathSettings, from whole: PathPoint
    ) throws(DescentError) -> PathPoint? {
        try design.reweigh(half.indices.map { half[$0] ? weights?[$0] ?? 1 : 0 })
        var settings = settings
        settings.lambdas = .list([whole.lambda])
        var solver = try PathSolver(design, rules: rules, settings: settings)
        solver.start(from: whole)
        return try solver.advance()
    }
}
