import TestSupport
import Testing

@testable import Sketches

struct MomentsTests {
    /// Two passes over the values, by the definitions.
    private struct Definition {
        var mean = 0.0
        var variance = 0.0
        var skewness = 0.0
        var kurtosis = 0.0

        init(_ values: [Double]) {
            let count = Double(values.count)
            mean = values.reduce(0, +) / count
            func power(_ exponent: Int) -> Double {
                values.reduce(0) { total, value in
                    total + (0..<exponent).reduce(1) { product, _ in product * (value - mean) }
                } / count
            }
            variance = power(2) * count / (count - 1)
            skewness = power(3) / (power(2) * power(2).squareRoot())
            kurtosis = power(4) / (power(2) * power(2)) - 3
        }
    }

    @Test(arguments: UInt64(0)..<20) func agreeWithTheDefinitions(seed: UInt64) {
        var random = SeededGenerator(seed)
        let offset = [0, 1, -1_000, 1e6][Int(seed) % 4]
        let values = (0..<5_000).map { _ in
            let share = Double.random(in: 0..<1, using: &random)
            return offset + share * share * 10
        }
        var (single, batched) = (Moments(), Moments())
        for value in values { single.insert(value) }
        var start = 0
        while start < values.count {
            let end = min(values.count, start + Int.random(in: 1...300, using: &random))
            batched.insert(values.span.extracting(start..<end))
            start = end
        }
        let truth = Definition(values)
        for moments in [single, batched] {
            #expect(moments.count == 5_000)
            #expect(moments.min == values.min() && moments.max == values.max())
            #expect(abs(moments.mean - truth.mean) <= 1e-12 * (1 + abs(truth.mean)))
            #expect(abs(moments.variance / truth.variance - 1) < 1e-10)
            #expect(abs(moments.skewness - truth.skewness) < 1e-8)
            #expect(abs(moments.kurtosis - truth.kurtosis) < 1e-8)
        }
    }

    @Test func fewAndEqualValues() {
        var moments = Moments()
        #expect(moments.mean.isNaN && moments.variance.isNaN)
        moments.insert(7)
        #expect(moments.mean == 7 && moments.variance.isNaN && moments.kurtosis.isNaN)
        moments.insert(7)
        #expect(moments.mean == 7 && moments.variance == 0 && moments.skewness.isNaN)
        #expect(moments.sum == 14)
    }

    @Test func hugeValuesDoNotTrap() {
        var moments = Moments()
        for value in [1e308, -1e308, 1e300, 0] { moments.insert(value) }
        moments.insert([1e308, 1e308].span)
        #expect(moments.count == 6 && moments.max == 1e308 && moments.min == -1e308)
    }
}
