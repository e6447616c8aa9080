import TestSupport
import Testing

@testable import Features

/// Costs that were sampled apart are told as if one had taken all samples.
@Suite struct MeterTests {
    private func cost(of values: ArraySlice<Double>) -> FeatureMeter.Cost {
        var cost = FeatureMeter.Cost()
        for value in values { cost.note(value) }
        return cost
    }

    @Test(arguments: [0, 1, 2, 37, 99, 100]) func mergedCostsAreThoseOfAll(cut: Int) throws {
        var random = SeededGenerator(UInt64(cut) + 1)
        let values = (0..<100).map { _ in Double.random(in: 20...900, using: &random) }
        var merged = cost(of: values[..<cut])
        merged.merge(cost(of: values[cut...]))
        let mean = values.reduce(0, +) / 100
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(merged.samples == 100)
        #expect(abs(merged.nanos - mean) < 1e-9 * mean)
        let error = try #require(merged.standardError)
        let expected = (squares / 99 / 100).squareRoot()
        #expect(abs(error - expected) < 1e-9 * expected)
    }

    @Test func fewerThanTwoSamplesTellNoError() {
        var cost = FeatureMeter.Cost()
        #expect(cost.standardError == nil)
        cost.merge(FeatureMeter.Cost())
        #expect(cost == FeatureMeter.Cost())
        cost.note(5)
        #expect(cost.standardError == nil && cost.nanos == 5)
    }
}
