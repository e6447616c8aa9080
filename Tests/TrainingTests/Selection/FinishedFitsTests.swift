import Bytes
import Model
import TestSupport
import Testing

@testable import Training

/// What an interrupted run leaves, and going on from it.
@Suite struct FinishedFitsTests {
    private func solver(
        _ problem: RandomProblem, compressed: Bool, groups: Bool
    ) throws -> PathSolver {
        let rules = (0..<16).map { column in
            WeightRule(
                penaltyFactor: column == 15 ? 0 : 1, group: groups && column < 8 ? column / 4 : nil)
        }
        return try PathSolver(
            try problem.design(compressed: compressed), rules: rules,
            settings: PathSettings(
                loss: .logistic, alpha: 0.9, lambdas: .automatic(count: 9, ratio: 1e-3)))
    }

    /// Broken off behind any λ, a path goes on as if it had not been.
    @Test(arguments: [false, true], [false, true])
    func aPathGoesOn(compressed: Bool, groups: Bool) throws {
        let problem = RandomProblem(
            rows: 200, columns: 16, loss: .logistic, seed: 6, zeros: compressed ? 0.7 : 0)
        var whole = try solver(problem, compressed: compressed, groups: groups)
        var points: [PathPoint] = []
        while let point = try whole.advance() { points.append(point) }
        for done in 0...points.count {
            var second = try solver(problem, compressed: compressed, groups: groups)
            let isTaken = second.resume(after: Array(points.prefix(done)))
            #expect(isTaken)
            for point in points.dropFirst(done) {
                let again = try #require(try second.advance())
                #expect(again.lambda == point.lambda && again.isConverged)
                #expect(abs(again.objective - point.objective) < 1e-12)
                let weights = again.weights(columnCount: 16)
                for (a, b) in zip(weights, point.weights(columnCount: 16)) {
                    #expect(abs(a - b) < 1e-8)
                }
                #expect(abs(again.standardizedIntercept - point.standardizedIntercept) < 1e-8)
            }
            #expect(try second.advance() == nil)
        }
    }

    @Test func fitsOfAnotherPathAreNotTaken() throws {
        let problem = RandomProblem(rows: 80, columns: 16, loss: .logistic, seed: 1)
        var whole = try solver(problem, compressed: false, groups: false)
        var points: [PathPoint] = []
        while let point = try whole.advance() { points.append(point) }
        var other = try PathSolver(
            try problem.design(),
            settings: PathSettings(loss: .logistic, lambdas: .automatic(count: 5, ratio: 0.1)))
        for count in [points.count, 1] {
            let isTaken = other.resume(after: Array(points.prefix(count)))
            #expect(!isTaken)
        }
        #expect(try other.advance()?.nonZeroCount == 0)
        let isTaken = other.resume(after: [])
        #expect(!isTaken, "a path that has begun")
    }

    private func sample() throws -> FinishedFits {
        let problem = RandomProblem(rows: 80, columns: 16, loss: .logistic, seed: 1)
        var solver = try solver(problem, compressed: false, groups: false)
        var fits = FinishedFits(inputs: "abc")
        var path = FinishedFold()
        for place in 0..<3 {
            path.points.append(try #require(try solver.advance()))
            path.qualities.append(
                FoldQuality(
                    loss: 0.5, rocArea: place == 0 ? nil : 0.75, averagePrecision: nil,
                    nonZeroCount: place))
        }
        fits["α 1"] = FinishedFold(points: path.points)
        fits["α 1, fold 0"] = path
        return fits
    }

    @Test func aFrameGivesThemBack() throws {
        let fits = try sample()
        #expect(fits.count == 6 && fits["else"] == FinishedFold())
        var writer = ByteWriter()
        fits.append(to: &writer)
        let bytes = writer.copy()
        #expect(try FinishedFits(restoring: unsafe bytes.span.bytes) == fits)
    }

    /// Cut anywhere, or with any byte another, it is refused.
    @Test func whatIsBrokenIsRefused() throws {
        var writer = ByteWriter()
        try sample().append(to: &writer)
        let bytes = writer.copy()
        for place in bytes.indices {
            let cut = Array(bytes[..<place])
            #expect(throws: FormatError.self) {
                try FinishedFits(restoring: unsafe cut.span.bytes)
            }
            var other = bytes
            other[place] ^= 0x41
            #expect(throws: FormatError.self) {
                try FinishedFits(restoring: unsafe other.span.bytes)
            }
        }
    }
}
