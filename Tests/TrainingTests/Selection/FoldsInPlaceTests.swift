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
            let copied = try validation.fit(
                fold.split, of: examples, rules: rules.list, settings: settings
            ) { _ in true }
            expect(fold, equals: copied, "\(rules) \(settings)")
        }
    }

    private func expect(
        _ fold: CrossValidation.Fold, equals other: CrossValidation.Fold, _ name: String
    ) {
        for (scaling, same) in zip(fold.scaling, other.scaling) {
            #expect(abs(scaling.mean - same.mean) <= 1e-11 * abs(same.mean), "\(name)")
            #expect(abs(scaling.scale - same.scale) <= 1e-11 * same.scale, "\(name)")
        }
        #expect(fold.points.count == 3 && other.points.count == 3, "\(name)")
        for (point, same) in zip(fold.points, other.points) {
            #expect(abs(point.objective - same.objective) < 1e-12, "\(name)")
            #expect(point.entries.map(\.column) == same.entries.map(\.column), "\(name)")
            for (entry, same) in zip(point.entries, same.entries) {
                #expect(abs(entry.standardized - same.standardized) < 1e-9, "\(name)")
            }
        }
        for (quality, same) in zip(fold.qualities, other.qualities) {
            #expect(abs(quality.loss - same.loss) < 1e-9 * max(1, same.loss), "\(name)")
        }
    }
}
