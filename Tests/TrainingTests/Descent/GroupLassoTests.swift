import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Columns that get weights together or not at all.
@Suite struct GroupLassoTests {
    /// Two categories' indicators, three numbers as one, the rest alone; the last without penalty.
    private static let layout: [Int?] = [7, 7, 7, 7, 3, 3, 3, nil, nil, 9, 9, nil]

    private func rules(factor: Double = 1) -> [WeightRule] {
        Self.layout.enumerated().map { column, group in
            var rule = WeightRule(penaltyFactor: group == 3 ? factor : 1, group: group)
            if column == 11 { rule.penaltyFactor = 0 }
            if column == 8 { rule.lower = 0 }
            return rule
        }
    }

    private func problem(_ loss: Loss, seed: UInt64) -> RandomProblem {
        var problem = RandomProblem(
            rows: 150, columns: 12, loss: loss, seed: seed, zeros: seed % 2 == 0 ? 0 : 0.6)
        for column in 0..<4 {
            for row in problem.labels.indices {
                problem.columns[column][row] = (row * 7 + row / 3) % 5 == column ? 1 : 0
            }
        }
        return problem
    }

    @Test(arguments: [Loss.logistic, .squared], [0.4, 1.0])
    func everyFitIsAMinimum(_ loss: Loss, alpha: Double) throws {
        for seed in UInt64(0)..<4 {
            let problem = problem(loss, seed: seed)
            let design = try problem.design(compressed: seed > 1)
            let rules = rules(factor: 1.5)
            var solver = try PathSolver(
                design, rules: rules,
                settings: PathSettings(
                    loss: loss, alpha: alpha, lambdas: .automatic(count: 12, ratio: 1e-3)))
            var counts: Set<Int> = []
            while let point = try solver.advance() {
                let place: Comment = "\(loss) α \(alpha) λ \(point.lambda) seed \(seed)"
                #expect(point.isConverged && point.gap <= 1e-9 && point.gap >= 0, place)
                let violation = Self.violation(of: point, problem, rules, loss, design.scaling)
                #expect(violation < 1e-8, place)
                let weighed = Set(point.entries.map(\.column))
                for group in [Array(0..<4), [4, 5, 6], [9, 10]] {
                    #expect([0, group.count].contains(weighed.intersection(group).count), place)
                }
                counts.insert(weighed.count)
            }
            #expect(counts.count > 1, "groups enter one after another")
        }
    }

    /// Largest violation of the conditions of a minimum, written down from the objective.
    private static func violation(
        of point: PathPoint, _ problem: RandomProblem, _ rules: [WeightRule], _ loss: Loss,
        _ scaling: [Standardization]
    ) -> Double {
        let columns = problem.columns.indices.map { column in
            problem.columns[column].map { ($0 - scaling[column].mean) / scaling[column].scale }
        }
        var weights = [Double](repeating: 0, count: columns.count)
        for entry in point.entries { weights[entry.column] = entry.standardized }
        let total = problem.weights.reduce(0, +)
        let slopes = problem.labels.indices.map { row in
            let margin = weights.indices.reduce(point.standardizedIntercept) {
                $0 + weights[$1] * columns[$1][row]
            }
            return problem.weights[row] / total
                * loss.gradient(atMargin: margin, label: problem.labels[row])
        }
        let gradient = columns.map { zip($0, slopes).reduce(0) { $0 + $1.0 * $1.1 } }
        let byGroup = Dictionary(grouping: rules.indices) { rules[$0].group ?? 100 + $0 }
        var largest = abs(slopes.reduce(0, +))
        for members in byGroup.values {
            let size = Double(members.count).squareRoot()
            let strength = point.lambda * size * rules[members[0]].penaltyFactor
            let norm = members.reduce(0) { $0 + weights[$1] * weights[$1] }.squareRoot()
            let pulls = members.map {
                gradient[$0] + strength * (1 - point.alpha) * weights[$0]
            }
            if norm > 0 {
                for (column, pull) in zip(members, pulls) {
                    let full = pull + strength * point.alpha * weights[column] / norm
                    largest = max(largest, abs(full))
                }
            } else {
                // At its lower bound of 0 a weight may be pulled down as strongly as you like.
                let held = members.count == 1 && rules[members[0]].lower == 0
                let pull = pulls.map { held ? min(0, $0) : $0 }.reduce(0) { $0 + $1 * $1 }
                largest = max(largest, pull.squareRoot() - strength * point.alpha)
            }
        }
        return largest
    }

    /// The working set as pairs of columns, and as rows where there are more columns than that.
    @Test(arguments: [Loss.logistic, .squared]) func rowsAndPairsAgree(_ loss: Loss) throws {
        let problem = problem(loss, seed: 5)
        let settings = PathSettings(loss: loss, lambdas: .automatic(count: 8, ratio: 1e-2))
        var dense = try PathSolver(try problem.design(), rules: rules(), settings: settings)
        var rows = try PathSolver(
            try problem.design(compressed: true), rules: rules(), settings: settings)
        while let point = try dense.advance(), let other = try rows.advance() {
            for (a, b) in zip(point.weights(columnCount: 12), other.weights(columnCount: 12)) {
                #expect(abs(a - b) < 1e-8)
            }
        }
    }

    /// A group of one is none, and ridge alone does not couple.
    @Test func whatCouplesNothingChangesNothing() throws {
        let problem = problem(.logistic, seed: 2)
        func points(_ rules: [WeightRule], alpha: Double) throws -> [PathPoint] {
            var solver = try PathSolver(
                try problem.design(), rules: rules,
                settings: PathSettings(
                    loss: .logistic, alpha: alpha, lambdas: .automatic(count: 5, ratio: 0.01)))
            var points: [PathPoint] = []
            while let point = try solver.advance() { points.append(point) }
            return points
        }
        let plain = Array(repeating: WeightRule(), count: 12)
        var single = plain
        single[4].group = 1
        #expect(try points(single, alpha: 1) == points(plain, alpha: 1))
        let pair = (0..<12).map { WeightRule(penaltyFactor: 1, group: $0 < 4 ? 1 : nil) }
        let scaled = (0..<12).map { WeightRule(penaltyFactor: $0 < 4 ? 2 : 1) }
        for (a, b) in zip(try points(pair, alpha: 0), try points(scaled, alpha: 0)) {
            #expect(abs(a.objective - b.objective) < 1e-12)
        }
    }

    @Test func theLargestLambdaIsTheSmallestWithoutGroups() throws {
        let design = try problem(.logistic, seed: 1).design()
        let rules = Array(rules().enumerated().map { $0 < 7 ? $1 : WeightRule(lower: 0, upper: 0) })
        var settings = PathSettings(loss: .logistic)
        let largest = try PathSolver(design, rules: rules, settings: settings).lambdaMax
        settings.lambdas = .list([largest * (1 + 1e-9), largest * (1 - 1e-6)])
        var solver = try PathSolver(design, rules: rules, settings: settings)
        #expect(try solver.advance()?.nonZeroCount == 0)
        #expect(try solver.advance()?.nonZeroCount ?? 0 >= 3)
    }

    @Test func whatAGroupCannotHave() throws {
        let design = try problem(.logistic, seed: 1).design()
        var rules = rules()
        rules[1].lower = 0
        #expect(throws: DescentError.self) {
            try PathSolver(design, rules: rules, settings: PathSettings(loss: .logistic))
        }
        rules = self.rules()
        rules[5].penaltyFactor = 2
        #expect(throws: DescentError.self) {
            try PathSolver(design, rules: rules, settings: PathSettings(loss: .logistic))
        }
    }
}

/// Minima that others found: skglm 0.5 (`GroupBCD` and `GroupProxNewton`, tolerance 1e-13), which
/// agrees with celer 0.7.4's `GroupLasso` (squared loss) to 2e-14 and with 200,000 proximal
/// gradient steps in numpy (logistic loss) to 7e-12.
@Suite struct GroupLassoAgreementTests {
    private static let groups = [[0, 1, 2, 3], [4, 5, 6], [7], [8]]
    private static let columns: [[Double]] = {
        var columns: [[Double]] = []
        for category in 0..<4 {
            columns.append(
                (0..<60).map { row in (row * row + 3 * row + row / 7) % 4 == category ? 1 : 0 })
        }
        for j in 0..<5 {
            columns.append(
                (0..<60).map { row in
                    let turned: Int = row * 37 + j * 41 + row * row * (j + 3)
                    return Double(turned % 97) / 97
                })
        }
        return columns
    }()
    private static let target = (0..<60).map { row in
        let told = [(0, 1.5), (2, -1), (4, 2), (5, -1), (7, 0.5)]
        return told.reduce(Double((row * 53) % 29) / 29) { $0 + $1.1 * columns[$1.0][row] }
    }

    private func expect(
        _ loss: Loss, _ labels: [Double], _ lambda: Double, weights: [Double], intercept: Double
    ) throws {
        var rules = [WeightRule](repeating: WeightRule(), count: 9)
        for (name, members) in Self.groups.enumerated() {
            for column in members { rules[column].group = name }
        }
        let design = try Design(
            .dense(DenseMatrix(rowCount: 60, columnCount: 9, values: Self.columns.flatMap { $0 })),
            labels: labels)
        var settings = PathSettings(loss: loss, lambdas: .list([lambda]))
        settings.gapMax = 1e-12
        var solver = try PathSolver(design, rules: rules, settings: settings)
        let point = try #require(try solver.advance())
        var found = [Double](repeating: 0, count: 9)
        for entry in point.entries { found[entry.column] = entry.standardized }
        for (a, b) in zip(found, weights) { #expect(abs(a - b) < 1e-8, "λ \(lambda)") }
        #expect(abs(point.standardizedIntercept - intercept) < 1e-8)
    }

    @Test(arguments: [
        (
            0.15,
            [
                0.4199986504419911, -0.04804151042387246, -0.378936248166279,
                -0.027376849732715182, 0.365373166817816, -0.1533205428272672,
                0.024932546653117154, 0, 0,
            ]
        ),
        (
            0.01,
            [
                0.5683500577722514, -0.07170806541923033, -0.49416951031450124,
                -0.04932486195155869, 0.584061114478095, -0.23828820451733243,
                0.05853270452820051, 0.11208635080102974, 0,
            ]
        ),
    ])
    func squared(_ lambda: Double, _ weights: [Double]) throws {
        try expect(.squared, Self.target, lambda, weights: weights, intercept: 1.53020203815618)
    }

    @Test(arguments: [
        (
            0.05,
            [
                0.794389336869019, 0.0116098644232533, -0.7957090299634146, -0.08155452772606785,
                0.9556488844820367, -0.31223663650163874, -0.14707995666871415, 0, 0,
            ], -0.06586895486545866
        ),
        (
            0.005,
            [
                2.919052493523532, 0.15861435234723997, -3.077010324209957, -0.26597584235549737,
                3.591536217443865, -1.694352827086616, -0.7490722947008316, 0.34516029519128305,
                -0.014090091556645297,
            ], -0.6585638545083315
        ),
    ])
    func logistic(_ lambda: Double, _ weights: [Double], _ intercept: Double) throws {
        let sorted = Self.target.sorted()
        let labels = Self.target.map { $0 > (sorted[29] + sorted[30]) / 2 ? 1.0 : 0 }
        try expect(.logistic, labels, lambda, weights: weights, intercept: intercept)
    }
}
