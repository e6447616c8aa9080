import Bytes
import CAllocationCounter
import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Algorithm 1 of McMahan et al. 2013 line by line, with dictionaries, intercept at index -1.
private struct FTRLTwin {
    let p: FTRLProximal.Parameters
    var factors: [Int: Double] = [-1: 0]
    var z: [Int: Double] = [:]
    var n: [Int: Double] = [:]

    func weight(_ i: Int) -> Double {
        let factor = factors[i] ?? 1
        let (z, n) = (z[i] ?? 0, n[i] ?? 0)
        if abs(z) <= p.l1 * factor { return 0 }
        let sign: Double = z < 0 ? -1 : 1
        return -1 / ((p.beta + n.squareRoot()) / p.alpha + p.l2 * factor)
            * (z - sign * p.l1 * factor)
    }

    mutating func learn(_ x: [Int: Double], label: Double, weight importance: Double) -> Double {
        let x = x.merging([-1: 1]) { a, _ in a }
        let margin = x.reduce(0) { $0 + weight($1.key) * $1.value }
        let error = importance * (Loss.logistic.prediction(atMargin: margin) - label)
        for (i, value) in x {
            let w = weight(i)
            let g = error * value
            let before = n[i] ?? 0
            let sigma = ((before + g * g).squareRoot() - before.squareRoot()) / p.alpha
            z[i, default: 0] += g - sigma * w
            n[i] = before + g * g
        }
        return margin
    }
}

private func draw(_ random: inout SeededGenerator, width: Int) -> SparseVector {
    var vector = SparseVector()
    for index in (0..<UInt32(width)).shuffled(using: &random).prefix(6) {
        vector.append(index, Double.random(in: -2...2, using: &random))
    }
    return vector
}

private func learn(_ ftrl: inout FTRLProximal, _ random: inout SeededGenerator, _ count: Int) {
    for _ in 0..<count {
        let vector = draw(&random, width: ftrl.width)
        let label = Double.random(in: 0...1, using: &random) < 0.3 ? 1.0 : 0
        let margin = ftrl.margin(of: vector)
        ftrl.learn(vector, gradient: Loss.logistic.gradient(atMargin: margin, label: label))
    }
}

struct FTRLProximalTests {
    @Test(arguments: UInt64(0)..<20) func agreesWithThePaperLineByLine(seed: UInt64) {
        var random = SeededGenerator(seed)
        let parameters = FTRLProximal.Parameters(
            alpha: .random(in: 0.01...1, using: &random), beta: .random(in: 0...2, using: &random),
            l1: .random(in: 0...2, using: &random), l2: .random(in: 0...2, using: &random))
        var ftrl = FTRLProximal(width: 20, parameters: parameters)
        var twin = FTRLTwin(p: parameters)
        for (index, factor) in [(3, 0.0), (5, 4.5)] {
            ftrl.setPenaltyFactor(factor, at: index)
            twin.factors[index] = factor
        }
        for _ in 0..<500 {
            let vector = draw(&random, width: 20)
            let label = Bool.random(using: &random) ? 1.0 : 0
            let importance = Double.random(in: 0.5...5, using: &random)
            let margin = ftrl.margin(of: vector)
            let gradient = Loss.logistic.gradient(atMargin: margin, label: label)
            ftrl.learn(vector, gradient: importance * gradient)
            let pairs = zip(vector.indices.map { Int($0) }, vector.values)
            let expected = twin.learn(
                Dictionary(uniqueKeysWithValues: pairs), label: label, weight: importance)
            #expect(abs(margin - expected) < 1e-10)
        }
        for index in 0..<20 {
            #expect(abs(ftrl.weight(at: index) - twin.weight(index)) < 1e-10)
            #expect((ftrl.weight(at: index) == 0) == (twin.weight(index) == 0))
        }
        #expect(abs(ftrl.intercept - twin.weight(-1)) < 1e-10)
    }

    @Test func aLargeL1LeavesOnlyWhatIsLockedIn() {
        var random = SeededGenerator(3)
        var ftrl = FTRLProximal(width: 20, parameters: .init(alpha: 0.1, beta: 1, l1: 1e9, l2: 0))
        ftrl.setPenaltyFactor(0, at: 7)
        learn(&ftrl, &random, 300)
        #expect((0..<20).filter { ftrl.weight(at: $0) != 0 } == [7])
        #expect(ftrl.intercept != 0)
        #expect(ftrl.nonZeroCount == 1)
    }

    @Test func theFrameResumesBitForBit() throws {
        var random = SeededGenerator(11)
        var ftrl = FTRLProximal(width: 30, parameters: .init(alpha: 0.2, beta: 1, l1: 0.5, l2: 0.1))
        ftrl.setPenaltyFactor(0.25, at: 29)
        learn(&ftrl, &random, 200)
        let bytes = ftrl.frame()
        var restored = try Self.restore(bytes)
        #expect(restored.frame() == bytes)
        var again = random
        learn(&ftrl, &random, 200)
        learn(&restored, &again, 200)
        #expect(restored.frame() == ftrl.frame())
        for index in 0..<30 { #expect(restored.weight(at: index) == ftrl.weight(at: index)) }
    }

    /// Written by version 1; must be readable for ever.
    @Test func theGoldenFrameIsUnchanged() throws {
        var ftrl = FTRLProximal(
            width: 4, parameters: .init(alpha: 0.5, beta: 1, l1: 0.25, l2: 0.125))
        let vector = SparseVector(indices: [0, 2], values: [1, -2])
        _ = ftrl.margin(of: vector)
        ftrl.learn(vector, gradient: -0.5)
        let golden = try #require(GoldenFile.bytes("ftrl-proximal-1.hex"))
        #expect(ftrl.frame() == golden)
        #expect(try Self.restore(golden).weight(at: 2) == ftrl.weight(at: 2))
    }

    @Test func cutAndFlippedFramesThrow() {
        var random = SeededGenerator(12)
        var ftrl = FTRLProximal(width: 30, parameters: .init())
        learn(&ftrl, &random, 20)
        let bytes = ftrl.frame()
        for end in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: FormatError.self) { try Self.restore(Array(bytes[..<end])) }
        }
        for place in bytes.indices {
            var flipped = bytes
            flipped[place] ^= 1 << UInt8(place % 8)
            #expect(throws: FormatError.self) { try Self.restore(flipped) }
        }
        #expect(throws: FormatError.self) { try Self.restore(bytes, widthMax: 29) }
    }

    @Test(.enabled(if: isOptimized)) func learningAllocatesNothing() {
        var random = SeededGenerator(13)
        var ftrl = FTRLProximal(width: 50, parameters: .init())
        learn(&ftrl, &random, 100)
        let vector = draw(&random, width: 50)
        let before = allocation_count()
        for step in 0..<1_000 {
            let margin = ftrl.margin(of: vector)
            ftrl.learn(vector, gradient: margin - Double(step % 2))
        }
        #expect(allocation_count() == before)
    }

    private static func restore(
        _ bytes: [UInt8], widthMax: Int = 100
    ) throws(FormatError) -> FTRLProximal {
        let frame = try Frame(unsafe bytes.span.bytes, kind: .ftrlProximal, newestVersion: 1)
        return try FTRLProximal(restoring: frame, widthMax: widthMax)
    }
}

extension FTRLProximal {
    fileprivate func frame() -> [UInt8] {
        var writer = ByteWriter()
        append(to: &writer)
        return writer.copy()
    }
}
