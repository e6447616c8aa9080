import TestSupport

/// Seeded samples.
struct Samples {
    var random: SeededGenerator

    init(_ seed: UInt64) { random = SeededGenerator(seed) }

    mutating func uniform() -> Double { Double.random(in: 0..<1, using: &random) }

    /// About normal: the sum of twelve uniforms less six.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

    mutating func normals(_ count: Int, mean: Double = 0, deviation: Double = 1) -> [Double] {
        (0..<count).map { _ in mean + deviation * normal() }
    }
}

/// Every `step`-th value of a sorted sample, with the weight of those it stands for: a quantile
/// summary whose rank error is at most `step / n`.
func thinned(_ sorted: [Double], every step: Int) -> (values: [Double], weights: [Double]) {
    let places = Array(stride(from: step / 2, to: sorted.count, by: step))
    let values = places.map { sorted[$0] }
    return (values, values.map { _ in Double(step) })
}
