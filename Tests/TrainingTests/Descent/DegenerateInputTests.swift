import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// What there is no fit of, and what there is one of that one might not expect.
@Suite struct DegenerateInputTests {
    private func dense(_ columns: [[Double]]) -> FeatureMatrix {
        .dense(
            DenseMatrix(
                rowCount: columns.first?.count ?? 0, columnCount: columns.count,
                values: columns.flatMap { $0 }))
    }

    private func path(
        _ columns: [[Double]], _ labels: [Double], _ settings: PathSettings,
        rules: [WeightRule] = []
    ) throws -> [PathPoint] {
        let design = try Design(dense(columns), labels: labels)
        var solver = try PathSolver(design, rules: rules, settings: settings)
        var points: [PathPoint] = []
        while let point = try solver.advance() {
            #expect(point.objective.isFinite && point.gap.isFinite && point.intercept.isFinite)
            points.append(point)
        }
        return points
    }

    private let labels: [Double] = [0, 1, 0, 1, 1, 0, 1, 0]
    private let useful: [Double] = [1, 4, 2, 3, 5, 4, 2, 1]

    @Test func noRows() {
        #expect(throws: DescentError.noRows) {
            try Design(.dense(DenseMatrix(rowCount: 0, columnCount: 3)), labels: [])
        }
    }

    @Test func countsThatDiffer() {
        #expect(throws: DescentError.countMismatch(of: "labels", found: 1, expected: 8)) {
            try Design(dense([useful]), labels: [1])
        }
        #expect(throws: DescentError.countMismatch(of: "weights", found: 2, expected: 8)) {
            try Design(dense([useful]), labels: labels, weights: [1, 1])
        }
    }

    @Test func labelsAndWeightsThatAreNoNumbers() {
        #expect(throws: DescentError.labelNotFinite(row: 1)) {
            try Design(dense([[1, 2]]), labels: [0, .nan])
        }
        #expect(throws: DescentError.weightInvalid(row: 0, found: -1)) {
            try Design(dense([[1, 2]]), labels: [0, 1], weights: [-1, 1])
        }
        #expect(throws: DescentError.noWeight) {
            try Design(dense([[1, 2]]), labels: [0, 1], weights: [0, 0])
        }
    }

    @Test(arguments: [0.0, 1.0]) func oneClass(label: Double) {
        #expect(throws: DescentError.oneClass(label: label)) {
            _ = try path([[1, 2, 3]], [label, label, label], PathSettings(loss: .logistic))
        }
    }

    @Test func labelsOutsideOfTheLogisticLoss() {
        #expect(throws: DescentError.labelOutOfRange(row: 2, found: 3)) {
            _ = try path([[1, 2, 3]], [0, 1, 3], PathSettings(loss: .logistic))
        }
    }

    @Test func constantLabelsOfASquaredLossNeedNoFeature() throws {
        let points = try path(
            [useful], Array(repeating: 3, count: 8), PathSettings(loss: .squared))
        #expect(points.count == 1)
        #expect(points[0].nonZeroCount == 0 && points[0].intercept == 3 && points[0].gap < 1e-15)
    }

    @Test(arguments: [0.0, 0.5, 1.0]) func aConstantColumnGetsNoWeight(alpha: Double) throws {
        let columns = [Array(repeating: 7.7, count: 8), useful]
        for point in try path(columns, labels, PathSettings(loss: .logistic, alpha: alpha)) {
            #expect(point.weights(columnCount: 2)[0] == 0)
        }
        let alone = try path([columns[0]], labels, PathSettings(loss: .logistic))
        #expect(alone.count == 1 && alone[0].nonZeroCount == 0)
    }

    @Test func ofEqualColumnsTheFirstGetsALassoWeight() throws {
        for point in try path([useful, useful], labels, PathSettings(loss: .logistic)) {
            #expect(point.weights(columnCount: 2)[1] == 0)
        }
        let unpenalized = PathSettings(loss: .squared, lambdas: .list([0]))
        let points = try path([useful, useful], labels, unpenalized)
        #expect(points[0].weights(columnCount: 2)[1] == 0 && points[0].isConverged)
    }

    @Test func equalColumnsShareARidgeWeight() throws {
        let settings = PathSettings(loss: .logistic, alpha: 0.5)
        for point in try path([useful, useful], labels, settings) {
            let weights = point.weights(columnCount: 2)
            #expect(abs(weights[0] - weights[1]) < 1e-9)
        }
    }

    /// A value that is missing stands for its column's mean.
    @Test func missingValues() throws {
        var holes = useful
        holes[2] = .nan
        holes[5] = .infinity
        let design = try Design(dense([holes]), labels: labels)
        #expect(design.missingCount == 2)
        let mean = (1.0 + 4 + 3 + 5 + 2 + 1) / 6
        #expect(abs(design.scaling[0].mean - mean) < 1e-15)
        let settings = PathSettings(loss: .logistic, lambdas: .list([0.01]))
        let points = try path([holes], labels, settings)
        let columns = [holes.map { $0.isFinite ? $0 : mean }]
        let margins = points[0].margins(of: dense([holes]), design.scaling)
        let filled = points[0].margins(of: dense(columns), design.scaling)
        #expect(zip(margins, filled).allSatisfy { abs($0 - $1) < 1e-12 })
        let nothing = try path([Array(repeating: .nan, count: 8)], labels, settings)
        #expect(nothing[0].nonZeroCount == 0)
    }

    /// Columns of which one is the sum of two others have their certificate without a penalty, and
    /// the minimum that there is without the sum.
    @Test(arguments: [Loss.squared, .logistic], [false, true])
    func sumsOfColumnsWithoutPenalty(loss: Loss, compressed: Bool) throws {
        var random = SeededGenerator(11)
        let rows = 200
        let columns = (0..<4).map { _ in
            (0..<rows).map { _ in Double.random(in: 0...1, using: &random) }
        }
        let sum = zip(columns[0], columns[1]).map { 2 * $0 - $1 + 3 }
        let labels = (0..<rows).map { row in
            columns[0][row] + Double.random(in: 0...1, using: &random) > 1 ? 1.0 : 0
        }
        func fit(_ columns: [[Double]], _ free: Set<Int>, _ lambda: Double) throws -> PathPoint {
            var matrix = CompressedMatrix(rowCount: rows)
            for column in columns { matrix.appendColumn(column.enumerated().map { ($0, $1) }) }
            let design = try Design(
                compressed ? .compressed(matrix) : dense(columns), labels: labels)
            var solver = try PathSolver(
                design,
                rules: columns.indices.map { .init(penaltyFactor: free.contains($0) ? 0 : 1) },
                settings: PathSettings(loss: loss, lambdas: .list([lambda])))
            return try #require(try solver.advance())
        }
        for (lambda, free) in [(0.0, []), (0.01, [0, 1, 4]), (0.01, [1, 4])] {
            let all = try fit(columns + [sum], Set(free), lambda)
            #expect(all.isConverged && all.gap <= 1e-9 && all.steps < 100, "\(lambda) \(free)")
            if free != [1, 4] {
                let without = try fit(columns, Set(free).subtracting([4]), lambda)
                #expect(abs(all.objective - without.objective) < 1e-9)
            }
        }
    }

    /// What is nearly a sum, but for a part that tells something, is not left out.
    @Test func whatIsNearlyASumIsNoSum() throws {
        var random = SeededGenerator(12)
        let columns = (0..<2).map { _ in
            (0..<100).map { _ in Double.random(in: 0...1, using: &random) }
        }
        let labels = (0..<100).map { _ in Double.random(in: 0...1, using: &random) }
        for part in [1e-3, 1e-6, 3e-8, 1e-9] {
            let sum = columns[0].indices.map {
                columns[0][$0] + columns[1][$0] + part * (labels[$0] - 0.5)
            }
            let design = try Design(dense(columns + [sum]), labels: labels)
            var solver = try PathSolver(
                design, settings: PathSettings(loss: .squared, lambdas: .list([0])))
            let point = try #require(try solver.advance())
            // The minimum is 0; a gap that is told holds.
            #expect(point.gap >= point.objective - 1e-12, "\(part): \(point.gap)")
        }
    }

    private let separating: [Double] = [-1, 1, -2, 2, 3, -3, 4, -1]

    @Test func separableClassesNeedAPenalty() throws {
        #expect(throws: DescentError.separable(lambda: 0)) {
            _ = try path(
                [separating], labels, PathSettings(loss: .logistic, lambdas: .list([0.1, 0])))
        }
        #expect(throws: DescentError.separable(lambda: 0)) {
            _ = try path(
                [separating, useful], labels, PathSettings(loss: .logistic),
                rules: [WeightRule(penaltyFactor: 0), WeightRule()])
        }
        let settings = PathSettings(loss: .logistic, lambdas: .list([1e-4]))
        let points = try path([separating], labels, settings)
        #expect(points[0].isConverged && points[0].nonZeroCount == 1)
    }

    /// One side holds both classes: the loss does not vanish, the weight still grows.
    @Test func nearlySeparableClassesNeedAPenalty() {
        let column: [Double] = [0, 0, 0, 0, 0, 0, 1, 0]
        #expect(throws: DescentError.separable(lambda: 0)) {
            _ = try path([column], labels, PathSettings(loss: .logistic, lambdas: .list([0])))
        }
    }

    @Test func settingsThatMakeNoSense() {
        for (settings, name) in [
            (PathSettings(loss: .logistic, alpha: 1.5), "alpha"),
            (PathSettings(loss: .logistic, lambdas: .automatic(count: 0, ratio: 0.1)), "lambdas"),
            (
                PathSettings(loss: .logistic, lambdas: .automatic(count: 5, ratio: 2)),
                "lambda ratio"
            ),
            (PathSettings(loss: .logistic, lambdas: .list([-1])), "lambda"),
            (PathSettings(loss: .logistic, lambdas: .list([])), "lambdas"),
        ] {
            do {
                _ = try path([useful], labels, settings)
                Issue.record("\(name) was taken")
            } catch DescentError.setting(let found, _, _) {
                #expect(found == name)
            } catch { Issue.record("\(error)") }
        }
        #expect(throws: DescentError.lossUnsupported("poisson")) {
            _ = try path([useful], labels, PathSettings(loss: .poisson))
        }
        #expect(throws: DescentError.self) {
            _ = try path(
                [useful], labels, PathSettings(loss: .logistic), rules: [WeightRule(lower: 1)])
        }
    }

    /// Numbers of extreme size stay finite or count as missing.
    @Test func hugeAndTinyNumbers() throws {
        let huge = useful.map { $0 * 1e150 }
        let tiny = useful.map { $0 * 1e-200 }
        for column in [huge, tiny] {
            let points = try path([column], labels, PathSettings(loss: .logistic))
            #expect(points.last?.nonZeroCount == 1 && points.allSatisfy(\.isConverged))
        }
    }
}
