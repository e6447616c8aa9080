import Bytes
import CAllocationCounter
import Sparse
import TestSupport
import Testing

@testable import Model

/// Weights, scaling and vectors drawn from a seed, scored with dictionaries and divisions.
private struct DrawnModel {
    var model: SparseModel
    var weights: [UInt32: (weight: Double, scaling: Standardization)] = [:]
    let space: FeatureSpace

    init(_ random: inout SeededGenerator, bound: Double = 6) throws {
        space = try #require(FeatureSpace(numericCount: 20, blockBits: [4, 6]))
        model = SparseModel(
            space: space, loss: .logistic, version: "drawn", intercept: -1.25, bound: bound)
        for _ in 0..<200 { change(&random) }
    }

    /// Sets one weight, one time in three to 0.
    mutating func change(_ random: inout SeededGenerator) {
        let index = UInt32.random(in: 0..<UInt32(space.width), using: &random)
        let isZero = Int.random(in: 0..<3, using: &random) == 0
        let weight = isZero ? 0 : Double.random(in: -2...2, using: &random)
        let scaling =
            Int(index) < space.numericCount
            ? Standardization(
                mean: Double.random(in: -5...5, using: &random),
                scale: max(0, Double.random(in: -1...4, using: &random)))
            : .identity
        model.set(weight, at: index, scaling)
        weights[index] = (weight, scaling)
    }

    func contributions(_ vector: SparseVector) -> [UInt32: Double] {
        var contributions: [UInt32: Double] = [:]
        for (index, value) in zip(vector.indices, vector.values) {
            guard let (weight, scaling) = weights[index], scaling.scale > 0, value.isFinite else {
                continue
            }
            let z = (value - scaling.mean) / scaling.scale
            contributions[index] = weight * min(model.bound, max(-model.bound, z))
        }
        return contributions.filter { $0.value != 0 }
    }

    func drawVector(_ random: inout SeededGenerator) -> SparseVector {
        var vector = SparseVector()
        for index in (0..<UInt32(space.width)).shuffled(using: &random).prefix(25) {
            let special = [Double.nan, .infinity, -.infinity, 0, 1e308, -1e308]
            let ordinary = Double.random(in: -20...20, using: &random)
            let isSpecial = Int.random(in: 0..<4, using: &random) == 0
            let value = isSpecial ? special.randomElement(using: &random) : nil
            vector.append(index, value ?? ordinary)
        }
        return vector
    }
}

extension SparseModel {
    fileprivate func explain(_ vector: SparseVector, into reasons: inout Reasons) {
        var contributions: [Double] = []
        #expect(margin(of: vector, contributions: &contributions) == margin(of: vector))
        reasons.rank(vector, contributions)
    }
}

extension Reasons {
    fileprivate var ranked: [Reason] { indices.map { self[$0] } }
}

struct SparseModelTests {
    @Test(arguments: UInt64(0)..<40) func agreesWithDictionariesAndDivisions(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var drawn = try DrawnModel(&random)
        var reasons = Reasons(limit: 100)
        for _ in 0..<50 {
            drawn.change(&random)
            let vector = drawn.drawVector(&random)
            let truth = drawn.contributions(vector)
            let margin = drawn.model.margin(of: vector)
            #expect(abs(margin - truth.values.reduce(-1.25, +)) < 1e-9)
            let score = drawn.model.score(vector)
            #expect(score >= 0 && score <= 1)
            drawn.model.explain(vector, into: &reasons)
            #expect(Set(reasons.ranked.map(\.index)) == Set(truth.keys))
            let sum = reasons.ranked.reduce(0) { $0 + $1.contribution }
            #expect(abs(sum - (margin - drawn.model.intercept)) < 1e-9)
        }
        let nonZero = drawn.weights.values.filter { $0.weight != 0 && $0.scaling.scale > 0 }
        #expect(drawn.model.nonZeroCount == nonZero.count)
    }

    @Test(arguments: UInt64(0)..<20) func theFirstReasonsAreTheLargest(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let drawn = try DrawnModel(&random)
        var (all, three, none) = (Reasons(limit: 100), Reasons(limit: 3), Reasons(limit: 0))
        let vector = drawn.drawVector(&random)
        drawn.model.explain(vector, into: &all)
        drawn.model.explain(vector, into: &three)
        drawn.model.explain(vector, into: &none)
        let sorted = all.ranked.sorted {
            (-abs($0.contribution), $0.index) < (-abs($1.contribution), $1.index)
        }
        #expect(all.ranked == sorted)
        #expect(three.ranked == Array(sorted.prefix(3)))
        #expect(none.ranked.isEmpty)
    }

    @Test func equalContributionsRankByIndex() throws {
        let space = try #require(FeatureSpace(numericCount: 4))
        var model = SparseModel(space: space, loss: .squared, version: "ties")
        for index in UInt32(0)..<4 { model.set(index % 2 == 0 ? 1 : -1, at: index) }
        var reasons = Reasons(limit: 3)
        model.explain(
            SparseVector(indices: [3, 1, 0, 2], values: [1, 1, 1, 1]), into: &reasons)
        #expect(reasons.ranked.map(\.index) == [0, 1, 2])
    }

    @Test func whatIsMissingContributesNothing() throws {
        let space = try #require(FeatureSpace(numericCount: 2))
        var model = SparseModel(space: space, loss: .logistic, version: "v", intercept: 0.5)
        model.set(2, at: 0, Standardization(mean: 10, scale: 2))
        model.set(3, at: 1, Standardization(mean: 7, scale: 0))
        #expect(model.nonZeroCount == 1)
        #expect(model.margin(of: SparseVector()) == 0.5)
        #expect(model.margin(of: SparseVector(indices: [0, 1], values: [.nan, 1e9])) == 0.5)
        #expect(model.margin(of: SparseVector(indices: [0], values: [10])) == 0.5)
        #expect(model.margin(of: SparseVector(indices: [0], values: [12])) == 2.5)
    }

    @Test func sumsThatOverflowStayFinite() throws {
        let space = try #require(FeatureSpace(numericCount: 2))
        for loss in Loss.allCases {
            var model = SparseModel(space: space, loss: loss, version: "v", intercept: 0.25)
            model.set(1e300, at: 0)
            model.set(-1e300, at: 1)
            for values in [[1e300, 0], [0, 1e300], [1e300, 1e300], [-1e300, 1e300]] {
                let vector = SparseVector(indices: [0, 1], values: values)
                #expect(model.margin(of: vector).isFinite)
                #expect(model.score(vector).isFinite)
            }
            let opposed = SparseVector(indices: [0, 1], values: [1e300, 1e300])
            #expect(model.margin(of: opposed) == 0.25)
        }
    }

    @Test func theFrameScoresTheSameBits() throws {
        var random = SeededGenerator(5)
        let drawn = try DrawnModel(&random)
        var writer = ByteWriter()
        drawn.model.append(to: &writer)
        let restored = try SparseModel(restoring: writer.bytes, space: drawn.space)
        var again = ByteWriter()
        restored.append(to: &again)
        #expect(writer.copy() == again.copy())
        for _ in 0..<100 {
            let vector = drawn.drawVector(&random)
            #expect(restored.margin(of: vector) == drawn.model.margin(of: vector))
        }
        let narrow = try #require(FeatureSpace(numericCount: 5))
        #expect(throws: FormatError.self) {
            try SparseModel(restoring: writer.bytes, space: narrow)
        }
    }

    @Test(.enabled(if: isOptimized)) func scoringAllocatesNothing() throws {
        var random = SeededGenerator(9)
        var drawn = try DrawnModel(&random)
        let vector = drawn.drawVector(&random)
        var reasons = Reasons(limit: 3)
        var contributions = Array(repeating: 0.0, count: vector.count)
        let before = allocation_count()
        for step in 0..<1_000 {
            drawn.model.set(step % 2 == 0 ? 0 : 1, at: 3)
            _ = drawn.model.score(vector)
            _ = drawn.model.margin(of: vector, contributions: &contributions)
            reasons.rank(vector, contributions)
        }
        #expect(allocation_count() == before)
    }
}
