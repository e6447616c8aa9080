import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// A fold's selection fitted again, against its rows copied.
@Suite struct RelaxedFoldTests {
    @Test func whatAFoldChoseIsFittedWithoutPenalty() throws {
        var random = SeededGenerator(5)
        let columns = (0..<4).map { _ in
            (0..<240).map { _ in Double.random(in: -1...1, using: &random) }
        }
        let labels = (0..<240).map { row in
            columns[0][row] - columns[1][row] + Double.random(in: -1...1, using: &random) > 0
                ? 1.0 : 0
        }
        let examples = Examples(
            matrix: .dense(.init(rowCount: 240, columnCount: 4, values: columns.flatMap { $0 })),
            labels: labels, weights: (0..<240).map { Double(1 + $0 % 3) })
        let settings = PathSettings(loss: .logistic)
        var design = try Design(examples)
        var validation = CrossValidation(lambdas: [0.2, 0.08], foldCount: 3)
        for split in Split.random(labels: labels, count: 3, using: &random) {
            try validation.add(
                split, in: &design, weights: examples.weights, rules: [], settings: settings
            ) { _ in true }
        }
        for fold in validation.folds {
            let relaxed = try #require(
                try fold.relaxed(
                    at: 1, in: &design, weights: examples.weights, rules: [], settings: settings))
            let support = fold.points[1].entries.map(\.column)
            #expect(!support.isEmpty && relaxed.point.entries.map(\.column) == support)
            var free = settings
            free.lambdas = .list([0])
            var solver = try PathSolver(
                Design(examples.selecting(fold.split.training)),
                rules: [].relaxed(to: Set(support), columnCount: 4), settings: free)
            let same = try #require(try solver.advance())
            for (entry, same) in zip(relaxed.point.entries, same.entries) {
                #expect(abs(entry.weight - same.weight) < 1e-6)
                let penalised = fold.points[1].entries.first { $0.column == same.column }
                #expect(abs(entry.weight) > abs(penalised?.weight ?? .infinity))
            }
            let test = examples.selecting(fold.split.test)
            let margins = same.margins(of: test.matrix, fold.scaling)
            let weights = try #require(test.weights)
            let sum = margins.indices.reduce(0) {
                $0 + weights[$1]
                    * Loss.logistic.value(atMargin: margins[$1], label: test.labels[$1])
            }
            #expect(abs(relaxed.quality.loss - sum / weights.reduce(0, +)) < 1e-6)
            #expect(relaxed.quality.loss != fold.qualities[1].loss)
        }
    }
}
