/// The minimum for one λ.
public struct PathPoint: Equatable, Sendable {
    /// A weight that is not 0.
    public struct Entry: Equatable, Sendable {
        public let column: Int
        /// Of the standardised column.
        public let standardized: Double
        /// Per unit of the column as given.
        public let weight: Double
    }

    public let lambda: Double
    public let alpha: Double
    /// Of columns as given.
    public let intercept: Double
    /// Of standardised columns: the margin where every column is at its mean.
    public let standardizedIntercept: Double
    /// By ascending column.
    public let entries: [Entry]
    /// Mean loss and penalty.
    public let objective: Double
    public let meanLoss: Double
    /// At most this far is `objective` above its minimum: objective less dual value, at least 0.
    public let gap: Double
    /// Quadratic models that were made.
    public let steps: Int
    /// Whether gap and last change are what was asked for.
    public let isConverged: Bool

    public var nonZeroCount: Int { entries.count }

    /// Weights of all columns as given.
    public func weights(columnCount: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: columnCount)
        for entry in entries { weights[entry.column] = entry.weight }
        return weights
    }
}
