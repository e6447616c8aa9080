import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Fits of made-up problems: every promise of `PathSolver`, checked by other means.
@Suite struct PathSolverTests {
    private func rules(_ count: Int, seed: UInt64) -> [WeightRule] {
        var random = SeededGenerator(seed)
        return (0..<count).map { column in
            switch column % 5 {
            case 0: WeightRule(penaltyFactor: 0)
            case 1: WeightRule(penaltyFactor: Double.random(in: 0.5..<2, using: &random))
            case 2: WeightRule(lower: 0)
            case 3: WeightRule(lower: -0.02, upper: 0.01)
            default: WeightRule()
            }
        }
    }

    @Test(
        arguments: [Loss.logistic, .squared], [0, 0.3, 1.0])
    func everyFitIsAMinimum(_ loss: Loss, alpha: Double) throws {
        for seed in UInt64(0)..<3 {
            let problem = RandomProblem(rows: 120, columns: 14, loss: loss, seed: seed)
            for rules in [rules(14, seed: seed), Array(repeating: WeightRule(), count: 14)] {
                try expectMinima(problem, rules, loss, alpha, isCompressed: seed == 2)
            }
        }
    }

    private func expectMinima(
        _ problem: RandomProblem, _ rules: [WeightRule], _ loss: Loss, _ alpha: Double,
        isCompressed: Bool
    ) throws {
        let design = try problem.design(compressed: isCompressed)
        let settings = PathSettings(
            loss: loss, alpha: alpha, lambdas: .automatic(count: 12, ratio: 1e-3))
        var solver = try PathSolver(design, rules: rules, settings: settings)
        var lambdaBefore = Double.infinity
        while let point = try solver.advance() {
            let place: Comment = "\(loss) α \(alpha) λ \(point.lambda) compressed \(isCompressed)"
            #expect(point.isConverged && point.gap <= 1e-9 && point.gap >= 0, place)
            #expect(point.lambda < lambdaBefore)
            lambdaBefore = point.lambda
            let violation = OptimalityCheck.violation(
                of: point, problem, rules, loss, design.scaling)
            #expect(violation < 1e-9 * (1 + point.lambda), place)
            for entry in point.entries {
                #expect(entry.weight >= rules[entry.column].lower - 1e-15, place)
                #expect(entry.weight <= rules[entry.column].upper + 1e-15, place)
            }
        }
    }

    /// More columns than rows: many minima for a lasso without certificate, one objective.
    @Test(arguments: [Loss.logistic, .squared])
    func moreColumnsThanRows(_ loss: Loss) throws {
        let problem = RandomProblem(rows: 30, columns: 90, loss: loss, seed: 7)
        let rules = [WeightRule](repeating: WeightRule(), count: 90)
        for isCompressed in [false, true] {
            let design = try problem.design(compressed: isCompressed)
            let settings = PathSettings(
                loss: loss, alpha: 0.9, lambdas: .automatic(count: 8, ratio: 0.02))
            var solver = try PathSolver(design, rules: rules, settings: settings)
            while let point = try solver.advance() {
                let violation = OptimalityCheck.violation(
                    of: point, problem, rules, loss, design.scaling)
                #expect(violation < 1e-8 && point.isConverged, "λ \(point.lambda)")
            }
        }
    }

    /// No other weights come below objective less gap.
    @Test(arguments: UInt64(0)..<6)
    func theGapIsABound(seed: UInt64) throws {
        let loss: Loss = seed % 2 == 0 ? .logistic : .squared
        let problem = RandomProblem(rows: 60, columns: 20, loss: loss, seed: seed)
        let design = try problem.design()
        func path(gap: Double, change: Double) throws -> [PathPoint] {
            var settings = PathSettings(
                loss: loss, alpha: seed < 3 ? 1 : 0.6, lambdas: .automatic(count: 6, ratio: 0.01))
            (settings.gapMax, settings.changeMax) = (gap, change)
            var solver = try PathSolver(design, settings: settings)
            var points: [PathPoint] = []
            while let point = try solver.advance() { points.append(point) }
            return points
        }
        let exact = try path(gap: 1e-11, change: 1e-12)
        for (rough, best) in zip(try path(gap: 1e-3, change: .infinity), exact) {
            #expect(rough.gap <= 1e-3 && rough.isConverged)
            #expect(rough.objective >= best.objective - 1e-12)
            #expect(rough.objective - rough.gap <= best.objective + 1e-12)
        }
    }

    @Test func denseAndCompressedAgreeAndSoDoOrders() throws {
        let problem = RandomProblem(
            rows: 150, columns: 12, loss: .logistic, seed: 3, zeros: 0.7)
        var random = SeededGenerator(5)
        let rows = problem.labels.indices.shuffled(using: &random)
        let columns = problem.columns.indices.shuffled(using: &random)
        var shuffled = problem
        shuffled.columns = columns.map { column in rows.map { problem.columns[column][$0] } }
        shuffled.labels = rows.map { problem.labels[$0] }
        shuffled.weights = rows.map { problem.weights[$0] }
        let settings = PathSettings(
            loss: .logistic, alpha: 0.8, lambdas: .automatic(count: 10, ratio: 1e-3))
        var dense = try PathSolver(try problem.design(), settings: settings)
        var compressed = try PathSolver(try problem.design(compressed: true), settings: settings)
        var other = try PathSolver(try shuffled.design(), settings: settings)
        while let point = try dense.advance() {
            let same = try #require(try compressed.advance())
            let moved = try #require(try other.advance())
            let weights = point.weights(columnCount: 12)
            let back = moved.weights(columnCount: 12)
            for column in weights.indices {
                #expect(abs(weights[column] - same.weights(columnCount: 12)[column]) < 1e-9)
                let place = try #require(columns.firstIndex(of: column))
                #expect(abs(weights[column] - back[place]) < 1e-9)
            }
            #expect(abs(point.intercept - same.intercept) < 1e-9)
            #expect(abs(point.standardizedIntercept - same.standardizedIntercept) < 1e-9)
        }
    }

    @Test func theLargestLambdaIsTheSmallestWithoutWeights() throws {
        let problem = RandomProblem(rows: 80, columns: 10, loss: .logistic, seed: 1)
        let design = try problem.design()
        var settings = PathSettings(loss: .logistic)
        let largest = try PathSolver(design, settings: settings).lambdaMax
        settings.lambdas = .list([largest * (1 + 1e-9), largest * (1 - 1e-6)])
        var solver = try PathSolver(design, settings: settings)
        #expect(try solver.advance()?.nonZeroCount == 0)
        #expect(try solver.advance()?.nonZeroCount == 1)
    }

    @Test func gapAloneIsReachedInFewerSteps() throws {
        let problem = RandomProblem(rows: 200, columns: 40, loss: .logistic, seed: 4)
        let design = try problem.design()
        func steps(_ change: Double) throws -> Int {
            var settings = PathSettings(loss: .logistic)
            (settings.gapMax, settings.changeMax) = (1e-6, change)
            var solver = try PathSolver(design, settings: settings)
            var steps = 0
            while let point = try solver.advance() {
                #expect(point.isConverged)
                steps += point.steps
            }
            return steps
        }
        #expect(try steps(.infinity) < steps(1e-10))
    }
}
