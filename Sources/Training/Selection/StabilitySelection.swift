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

    /// Fits one more half, drawn without replacement, positives and negatives alike. A half that
    /// has no fit, such as one of a single class, is not counted.
    ///
    /// - Parameters:
    ///   - lambdas: descending, down to the one that is judged.
    public mutating func add(
        _ examples: Examples, rules: [WeightRule], settings: PathSettings, lambdas: [Double],
        using random: inout some RandomNumberGenerator
    ) throws(DescentError) {
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
        rounds += 1
        for entry in last?.entries ?? [] { counts[entry.column] += 1 }
    }
}
