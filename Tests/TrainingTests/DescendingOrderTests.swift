import TestSupport
import Testing

@testable import Training

@Suite struct DescendingOrderTests {
    /// Against a sort by comparison, with ties, both zeros and the greatest and least numbers.
    @Test(arguments: UInt64(0)..<20) func isThatOfASort(seed: UInt64) {
        var random = SeededGenerator(seed)
        let special = [
            0, -0.0, 1, -1, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
        ]
        let values = (0..<Int.random(in: 0...600, using: &random)).map { _ in
            Bool.random(using: &random)
                ? special.randomElement(using: &random) ?? 0
                : Double.random(in: -1e3...1e3, using: &random)
        }
        let places = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
        #expect(DescendingOrder(of: values).places == places.map { UInt32($0) }, "seed \(seed)")
    }
}
