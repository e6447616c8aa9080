import Model
import Sparse
import TestSupport
import Testing

@testable import Training

@Suite struct LambdaRuleTests {
    /// Means 5, 3, 2.1, 2, 2.2 with an error of 0.15 each.
    private let losses = [5, 3, 2.1, 2, 2.2].map { MeanAndError([$0 - 0.15, $0 + 0.15]) }
    private let counts = [0, 1, 4, 6, 5]

    @Test func errorsAreThoseOfMeans() {
        let value = MeanAndError([1, 2, 6])
        #expect(value.mean == 3)
        #expect(abs(value.error - (7.0 / 3).squareRoot()) < 1e-15)
        #expect(MeanAndError([4]).error == 0 && MeanAndError([]).mean.isNaN)
    }

    @Test(arguments: [
        (LambdaRule.minimum, 3), (.oneStandardError, 2), (.sparsestWithin(0), 3),
        (.sparsestWithin(0.06), 2), (.sparsestWithin(10), 0), (.atMost(weights: 4), 2),
        (.atMost(weights: 0), 0),
    ])
    func picks(_ rule: LambdaRule, _ place: Int) {
        #expect(rule.choose(losses, nonZeroCounts: counts) == place)
    }

    /// The best among those that the budget allows, though a smaller λ may be cheaper again.
    @Test(arguments: [(100.0, 3), (45, 2), (25, 1), (9, nil)])
    func picksWhatABudgetAllows(_ budget: Double, _ place: Int?) {
        let rule = LambdaRule.affordable(budget: budget)
        let costs = [10.0, 20, 30, 50, 45]
        let picked = rule.choose(losses, nonZeroCounts: counts, costs: costs)
        #expect(picked == place)
    }

    @Test func thereMayBeNothingToPick() {
        #expect(
            LambdaRule.atMost(weights: 0).choose(losses, nonZeroCounts: [1, 1, 1, 1, 1]) == nil)
        #expect(LambdaRule.minimum.choose([], nonZeroCounts: []) == nil)
        #expect(LambdaRule.minimum.choose([MeanAndError([])], nonZeroCounts: [0]) == nil)
    }
}

@Suite struct SelectionTests {
    private func examples(seed: UInt64, rows: Int = 400) -> Examples {
        let problem = RandomProblem(rows: rows, columns: 8, loss: .logistic, seed: seed)
        return Examples(matrix: problem.matrix, labels: problem.labels)
    }

    /// Against the same computed row by row.
    @Test func foldsAreJudgedOnRowsThatTheyHaveNotSeen() throws {
        let examples = examples(seed: 8)
        var random = SeededGenerator(1)
        let splits = Split.random(labels: examples.labels, count: 3, using: &random)
        var settings = PathSettings(loss: .logistic, lambdas: .automatic(count: 4, ratio: 0.01))
        settings.changeMax = 1e-10
        var design = try Design(examples)
        let lambdas = try PathSolver(design, settings: settings).lambdas
        var validation = CrossValidation(lambdas: lambdas, foldCount: 3)
        for split in splits {
            try validation.add(
                split, in: &design, weights: nil, rules: [], settings: settings
            ) { _ in true }
        }
        #expect(validation.completeCount == 4)
        for (fold, split) in zip(validation.folds, splits) {
            let test = examples.selecting(split.test)
            let margins = fold.points[2].margins(of: test.matrix, fold.scaling)
            let mean =
                zip(margins, test.labels).reduce(0) {
                    $0 + Loss.logistic.value(atMargin: $1.0, label: $1.1)
                } / Double(margins.count)
            #expect(abs(fold.qualities[2].loss - mean) < 1e-12)
            let area = ScoredLabels(scores: margins, labels: test.labels).rocArea
            #expect(fold.qualities[2].rocArea == area)
        }
    }

    @Test func anInterruptionLeavesWhatIsDone() throws {
        let examples = examples(seed: 9)
        var random = SeededGenerator(1)
        let settings = PathSettings(loss: .logistic)
        var validation = CrossValidation(lambdas: [0.1, 0.05, 0.01, 0.005], foldCount: 2)
        var left = 7
        var design = try Design(examples)
        for split in Split.random(labels: examples.labels, count: 2, using: &random) {
            #expect(validation.completeCount == 0, "a fold is to come")
            try validation.add(
                split, in: &design, weights: nil, rules: [], settings: settings
            ) { _ in
                left -= 1
                return left > 0
            }
        }
        #expect(validation.folds.map(\.points.count) == [4, 1])
        #expect(validation.completeCount == 1)
        #expect(validation.summary { $0.loss }.count == 1)
    }

    @Test func whatTellsIsSelectedMoreOftenThanNoise() throws {
        var random = SeededGenerator(2)
        let labels = (0..<300).map { _ in Double(Int.random(in: 0...1, using: &random)) }
        let told = labels.map { $0 + Double.random(in: -1...1, using: &random) }
        let noise = (0..<3).map { _ in labels.map { _ in Double.random(in: 0...1, using: &random) }
        }
        let columns = [told] + noise
        let problem = Examples(
            matrix: .dense(
                .init(rowCount: 300, columnCount: 4, values: columns.flatMap { $0 })),
            labels: labels)
        var stability = StabilitySelection(columnCount: 4)
        #expect(stability.probabilities == nil)
        var settings = PathSettings(loss: .logistic, lambdas: .list([0.1]))
        var design = try Design(problem)
        var solver = try PathSolver(design, settings: settings)
        let whole = try #require(try solver.advance())
        settings.lambdas = .list([0.3])
        for _ in 0..<10 {
            let half = StabilitySelection.half(of: labels, using: &random)
            #expect(half.count { $0 } == 150 || half.count { $0 } == 151)
            let fit = try #require(
                try StabilitySelection.fit(
                    half, in: &design, weights: nil, rules: [], settings: settings, from: whole))
            stability.add(fit)
            try expectThatOfCopies(fit, half, problem, settings)
        }
        let probabilities = try #require(stability.probabilities)
        #expect(probabilities[0] == 1 && probabilities[1...].allSatisfy { $0 < 0.5 })
    }

    /// The half's rows copied, and fitted from no weights at all.
    private func expectThatOfCopies(
        _ fit: PathPoint, _ half: [Bool], _ examples: Examples, _ settings: PathSettings
    ) throws {
        let copy = examples.selecting(half.indices.filter { half[$0] })
        var settings = settings
        settings.lambdas = .list([fit.lambda])
        var solver = try PathSolver(try Design(copy), settings: settings)
        let other = try #require(try solver.advance())
        #expect(fit.entries.map(\.column) == other.entries.map(\.column))
        for (entry, other) in zip(fit.entries, other.entries) {
            #expect(abs(entry.standardized - other.standardized) < 1e-8)
        }
    }
}
