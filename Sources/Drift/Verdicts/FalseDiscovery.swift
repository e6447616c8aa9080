/// Which of many differences are more than chance.
enum FalseDiscovery {
    /// The smallest false discovery rate at which each hypothesis is rejected (Benjamini and
    /// Hochberg 1995), in the order given. O(n log n).
    static func adjusted(_ probabilities: [Double]) -> [Double] {
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var adjusted = probabilities
        var least = 1.0
        for rank in order.indices.reversed() {
            let scaled = probabilities[order[rank]] * Double(order.count) / Double(rank + 1)
            least = min(least, scaled)
            adjusted[order[rank]] = least
        }
        return adjusted
    }
}
