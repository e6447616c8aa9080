import Model
import TestSupport
import Testing

@testable import Training

struct OnlineScalerTests {
    /// Mean and standard deviation in two passes over what was seen.
    @Test(arguments: UInt64(0)..<20) func agreesWithTwoPasses(seed: UInt64) {
        var random = SeededGenerator(seed)
        var scaler = OnlineScaler(numericCount: 1)
        var seen: [(value: Double, weight: Double)] = []
        let offset = Double.random(in: -1e6...1e6, using: &random)
        for _ in 0..<500 {
            let value = offset + Double.random(in: -3...3, using: &random)
            let weight = Double.random(in: 0.1...4, using: &random)
            scaler.observe(value, at: 0, weight: weight)
            scaler.observe([.nan, .infinity].randomElement(using: &random) ?? 0, at: 0)
            seen.append((value, weight))
        }
        let total = seen.reduce(0) { $0 + $1.weight }
        let mean = seen.reduce(0) { $0 + $1.weight * $1.value } / total
        let squares = seen.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) }
        let variance = squares / total
        let scaling = scaler.standardization(at: 0)
        #expect(abs(scaling.mean - mean) < 1e-8)
        #expect(abs(scaling.scale - variance.squareRoot()) < 1e-8)
    }

    @Test func aConstantOrUnseenFeatureHasNoScale() {
        var scaler = OnlineScaler(numericCount: 2)
        for _ in 0..<10 { scaler.observe(0.1, at: 0) }
        #expect(scaler.standardization(at: 0).scale == 0)
        #expect(scaler.standardization(at: 1) == Standardization(mean: 0, scale: 0))
        #expect(scaler.standardization(at: 0).standardized(0.2, bound: 40) == 0)
    }

    @Test func hugeValuesStayFinite() {
        var scaler = OnlineScaler(numericCount: 1)
        for value in [1e308, -1e308, 0, 1, 1e308] { scaler.observe(value, at: 0) }
        let scaling = scaler.standardization(at: 0)
        #expect(scaling.mean.isFinite && scaling.scale.isFinite && scaling.scale > 0)
        #expect(scaling.standardized(-1e308, bound: 40).isFinite)
    }
}
