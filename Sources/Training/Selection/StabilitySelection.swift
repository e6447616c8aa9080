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

    /// A fit of one half of the rows, drawn without replacement, positives and negatives alike. May
    /// be done for several halves at once.
    ///
    /// - Parameters:
    ///   - lambdas: descending, down to the one that is judged.
    /// - Returns: the fit of the last λ; nil where there is none.
    /// - Throws: what keeps the half from having a fit, such as a single class.
    public static func fitHalf(
        of examples: Examples, rules: [WeightRule], settings: PathSettings, lambdas: [Double],
        using random: inout some RandomNumberGenerator
    ) throws(DescentError) -> PathPoint? {
        var rows: [Int] = []
        for isPositive in [true, false] {
            let all = examples.labels.indices.filter { (examples.labels[$0] > 0.5) == isPositive }
            rows += all.shuffled(using: &random).prefix((all.count + 1) / 2)
        }
        rows.sort()
        var settings = settings
        settings.lambdas = .list(lambdas)
        let half = examples.selecting(rows)
        var solver = try PathSolver(
            try Design(half, standardizes: settings.standardizes), rules: rules, settings: settings)
        var last: PathPoint?
        while let point = try solver.advance() { last = point }
        return last
    }
}
