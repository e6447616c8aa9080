/// Selected features fitted again without penalty, which takes away the shrinkage that the penalty
/// brings (the relaxed lasso of Meinshausen 2007, "Relaxed Lasso", at φ = 0).
extension [WeightRule] {
    /// Rules by which only `support` gets weights, unpenalised; bounds and signs still hold.
    ///
    /// - Parameter columnCount: of the examples; rules that are not given are the default.
    public func relaxed(to support: Set<Int>, columnCount: Int) -> [WeightRule] {
        (0..<columnCount).map { column in
            guard support.contains(column) else { return WeightRule(lower: 0, upper: 0) }
            var rule = column < count ? self[column] : WeightRule()
            rule.penaltyFactor = 0
            return rule
        }
    }
}
