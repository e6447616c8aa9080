import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Folds that are fitted where all rows are, against fits of the same rows copied.
@Suite struct FoldsInPlaceTests {
    enum Rules: CaseIterable {
        case usual, bounded, grouped

        var list: [WeightRule] {
            (0..<10).map { column in
                switch self {
                case .usual: WeightRule()
                case .bounded:
                    column.isMultiple(of: 2)
                        ? WeightRule(lower: 0) : WeightRule(penaltyFactor: 2, upper: 0.02)
                case .grouped: WeightRule(group: column / 3)
                }
            }
        }
    }

    private static let rows = 200

    /// What a fold may see otherwise than all rows do. By column: missing values (1); constant in
    /// the first fold (2), there but for rounding (8); one that repeats another (3), and one that
    /// does so in the first fold (6, of 5); one far from 0 (4), and one that the first fold does
    /// not know to be so (7).
    private func problem(
        _ loss: Loss, isCompressed: Bool, isWeighted: Bool
    ) -> (examples: Examples, splits: [Split]) {
        var problem = RandomProblem(
            rows: Self.rows, columns: 10, loss: loss, seed: 8, zeros: isCompressed ? 0.4 : 0)
        var random = SeededGenerator(1)
        let splits =
            Split.random(labels: problem.labels, count: 2, using: &random)
            + Split.blocked(times: (0..<Self.rows).map { Int64($0) }, count: 1, gapMillis: 20)
        for row in stride(from: 0, to: Self.rows, by: 7) { problem.columns[1][row] = .nan }
        problem.columns[3] = problem.columns[0]
        problem.columns[4] = problem.columns[4].map { $0 == 0 ? 0 : 1e6 + 1e3 * $0 }
        for (place, row) in splits[0].training.enumerated() {
            problem.columns[2][row] = 4.2
            problem.columns[6][row] = 2.7 * problem.columns[5][row]
            problem.columns[8][row] = place.isMultiple(of: 2) ? 0.3 : 0.1 + 0.2
        }
        problem.columns[7][splits[0].test[0]] = 1e6
        return (
            Examples(
                matrix: isCompressed ? problem.compressed : problem.matrix,
                labels: problem.labels,
                weights: isWeighted ? (0..<Self.rows).map { Double($0 % 4) } : nil), splits
        )
    }

    @Test(arguments: [false, true], [false, true])
    func areThoseOfTheirRowsAlone(isCompressed: Bool, isWeighted: Bool) throws {
        for loss in [Loss.logistic, .squared] {
            let (examples, splits) = problem(
                loss, isCompressed: isCompressed, isWeighted: isWeighted)
            var settings = PathSettings(loss: loss, lambdas: .automatic(count: 3, ratio: 0.05))
            settings.changeMax = 1e-12
            for rules in Rules.allCases { try check(examples, splits, rules, settings) }
            settings.alpha = 0.5
            try check(examples, splits, .usual, settings)
            (settings.alpha, settings.standardizes) = (1, false)
            try check(examples, splits, .usual, settings)
        }
    }

    private func check(
        _ examples: Examples, _ splits: [Split], _ rules: Rules, _ settings: PathSettings
    ) throws {
        var design = try Design(examples, standardizes: settings.standardizes)
        let lambdas = try PathSolver(design, rules: rules.list, settings: settings).lambdas
        var validation = CrossValidation(lambdas: lambdas, foldCount: splits.count)
        for (place, split) in splits.enumerated() {
            try validation.add(
                split, in: &design, weights: examples.weights, rules: rules.list,
                settings: settings
            ) { _ in true }
            #expect(design.missingCount == 29)
            #expect(design.twins[3] == 0)
            #expect(design.isUsable(2) == (place > 0) && design.isUsable(8) == (place > 0))
            let isTwin = place == 0 && settings.standardizes
            #expect(design.twins[6] == (isTwin ? 5 : 6))
        }
        for fold in validation.folds {
            try expect(fold, ofCopies: examples, rules, settings, lambdas)
        }
    }

    /// Against the fold's rows copied, and the others judged one by one.
    private func expect(
        _ fold: CrossValidation.Fold, ofCopies examples: Examples, _ rules: Rules,
        _ settings: PathSettings, _ lambdas: [Double]
    ) throws {
        let name = "\(rules) \(settings)"
        var settings = settings
        settings.lambdas = .list(lambdas)
        let design = try Design(
            examples.selecting(fold.split.training), standardizes: settings.standardizes)
        let test = examples.selecting(fold.split.test)
        for (scaling, same) in zip(fold.scaling, design.scaling) {
            #expect(abs(scaling.mean - same.mean) <= 1e-11 * abs(same.mean), "\(name)")
            #expect(abs(scaling.scale - same.scale) <= 1e-11 * same.scale, "\(name)")
        }
        #expect(fold.points.count == 3, "\(name)")
        var solver = try PathSolver(design, rules: rules.list, settings: settings)
        for (point, quality) in zip(fold.points, fold.qualities) {
            let same = try #require(try solver.advance())
            #expect(abs(point.objective - same.objective) < 1e-12, "\(name)")
            #expect(point.entries.map(\.column) == same.entries.map(\.column), "\(name)")
            for (entry, same) in zip(point.entries, same.entries) {
                #expect(abs(entry.standardized - same.standardized) < 1e-9, "\(name)")
            }
            let loss = loss(same.margins(of: test.matrix, design.scaling), test, settings.loss)
            #expect(abs(quality.loss - loss) < 1e-9 * max(1, loss), "\(name)")
        }
    }

    private func loss(_ margins: [Double], _ test: Examples, _ loss: Loss) -> Double {
        let weights = test.weights ?? Array(repeating: 1, count: margins.count)
        let sum = margins.indices.reduce(0) {
            $0 + weights[$1] * loss.value(atMargin: margins[$1], label: test.labels[$1])
        }
        return sum / weights.reduce(0, +)
    }

    /// Margins of a fold's fits do not depend on which rows have a weight when they are asked for.
    @Test(arguments: [false, true]) func marginsAreThoseOfAnyWeights(isCompressed: Bool) throws {
        let (examples, splits) = problem(.logistic, isCompressed: isCompressed, isWeighted: false)
        var design = try Design(examples)
        let lambdas = [0.02, 0.005]
        var validation = CrossValidation(lambdas: lambdas, foldCount: splits.count)
        for split in splits {
            try validation.add(
                split, in: &design, weights: nil, rules: [],
                settings: PathSettings(loss: .logistic)
            ) { _ in true }
        }
        for fold in validation.folds {
            let rows = fold.split.test
            let matrix = examples.selecting(rows).matrix
            for point in fold.points {
                let margins = design.margins(at: point, fold.scaling, of: rows)
                for (margin, same) in zip(margins, point.margins(of: matrix, fold.scaling)) {
                    #expect(abs(margin - same) < 1e-9)
                }
            }
        }
    }

    /// Spans of rows that threads share make the sums, not the threads.
    @Test(arguments: [Loss.logistic, .squared]) func threadsChangeNothing(loss: Loss) throws {
        let problem = RandomProblem(rows: 20_000, columns: 6, loss: loss, seed: 3)
        var points: [[PathPoint]] = []
        for threads in [1, 2, 5] {
            let design = try Design(problem.matrix, labels: problem.labels, threadsMax: threads)
            var solver = try PathSolver(
                design,
                settings: PathSettings(loss: loss, lambdas: .automatic(count: 4, ratio: 0.01)))
            points.append([])
            while let point = try solver.advance() { points[points.count - 1].append(point) }
        }
        #expect(points[0].count == 4 && points[0] == points[1] && points[0] == points[2])
    }
}
