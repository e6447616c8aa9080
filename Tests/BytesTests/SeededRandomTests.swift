import Foundation
import Testing

@testable import Bytes

@Suite struct SeededRandomTests {
    /// The authors' C code from the state 1, 2, 3, 4.
    @Test func agreesWithTheReferenceImplementation() {
        var random = SeededRandom(state: (1, 2, 3, 4))
        let drawn = (0..<10).map { _ in random.next() }
        #expect(
            drawn == [
                11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
                607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
                10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
            ])
    }

    @Test func seedsAndStreamsDiffer() {
        var firsts: Set<UInt64> = []
        for seed in UInt64(0)..<100 {
            for stream in UInt64(0)..<100 {
                var random = SeededRandom(seed: seed, stream: stream)
                firsts.insert(random.next())
            }
        }
        #expect(firsts.count == 10_000)
    }

    @Test func theLogarithmAgreesWithTheLibrary() {
        var random = SeededRandom(seed: 1)
        var values = [1, 2, 0.5, 0x1p-53, 0x1p-1022, 1e300, 1.0.nextUp, 1.0.nextDown]
        for _ in 0..<20_000 {
            values.append(1 - random.uniform())
            values.append(random.uniform() * 1e6 + 1e-9)
        }
        for x in values {
            let expected = log(x)
            #expect(abs(naturalLogarithm(x) - expected) <= 4e-16 * max(1, abs(expected)), "\(x)")
        }
    }

    /// Tolerances are five standard errors.
    @Test func normalDrawsHaveNormalMomentsAndTails() {
        var random = SeededRandom(seed: 2)
        let count = 100_000.0
        let drawn = (0..<Int(count)).map { _ in random.normal() }
        func moment(_ power: Double) -> Double { drawn.map { pow($0, power) }.reduce(0, +) / count }
        #expect(abs(moment(1)) < 5 / count.squareRoot())
        #expect(abs(moment(2) - 1) < 5 * (2 / count).squareRoot())
        #expect(abs(moment(3)) < 5 * (15 / count).squareRoot())
        #expect(abs(moment(4) - 3) < 5 * (96 / count).squareRoot())
        let beyondTwo = Double(drawn.count { abs($0) > 2 }) / count
        #expect(abs(beyondTwo - 0.0455) < 5 * (0.0455 / count).squareRoot())
    }

    @Test(arguments: [0.0, 0.3, 2, 4, 25]) func poissonDrawsFollowTheirLaw(mean: Double) {
        var random = SeededRandom(seed: 3)
        let count = 50_000.0
        var seen = [Double](repeating: 0, count: 200)
        for _ in 0..<Int(count) { seen[random.poisson(mean: mean)] += 1 }
        var probability = exp(-mean)
        for k in 0..<100 {
            let tolerance = 5 * (probability * (1 - probability) / count).squareRoot() + 1 / count
            #expect(abs(seen[k] / count - probability) <= tolerance, "\(k)")
            probability *= mean / Double(k + 1)
        }
    }

    @Test func indicesAreUniform() {
        var random = SeededRandom(seed: 4)
        var seen = [Double](repeating: 0, count: 7)
        for _ in 0..<70_000 { seen[random.index(below: 7)] += 1 }
        #expect(seen.allSatisfy { abs($0 - 10_000) < 5 * 10_000.0.squareRoot() })
    }
}
