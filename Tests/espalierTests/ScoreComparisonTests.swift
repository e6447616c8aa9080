import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import espalier

/// Two models over the same rows, against scores made by hand.
struct ScoreComparisonTests {
    private func content(amount: Double, merchant: Double) -> ModelContent {
        ModelContent(
            name: "cards", loss: .logistic, objective: .init(lambda: 0, alpha: 1), intercept: -1,
            features: [
                .init(
                    name: "amount", definition: "d\(amount)",
                    weights: .numeric(weight: amount, .init(mean: 50, scale: 40))),
                .init(
                    name: "merchant", definition: "d",
                    weights: .category(bits: 4, entries: [.init(bucket: 3, weight: merchant)])),
                .init(
                    name: "unused", definition: "d",
                    weights: .numeric(weight: 0, .init(mean: 0, scale: 1))),
            ], data: .init(examples: 1), solver: .init(name: "test", parameters: [:]))
    }

    private func score(_ amount: Double?, _ bucket: Int, _ weights: (Double, Double)) -> Double {
        let margin =
            -1 + weights.0 * (amount.map { ($0 - 50) / 40 } ?? 0) + (bucket == 3 ? weights.1 : 0)
        return Loss.logistic.prediction(atMargin: margin)
    }

    @Test func rowsAreScoredByBoth() throws {
        let folder = try ScratchFolder()
        var random = SeededGenerator(81)
        var text = "id,amount,merchant,fraud\n"
        var (before, after): ([Double], [Double]) = ([], [])
        for row in 0..<500 {
            let amount = row % 7 == 0 ? nil : Double.random(in: 0...200, using: &random)
            let bucket = Int.random(in: 0..<16, using: &random)
            text += "p\(row),\(amount.map { "\($0)" } ?? ""),\(bucket),\(row % 3 == 0 ? 1 : 0)\n"
            before.append(score(amount, bucket, (0.5, 0)))
            after.append(score(amount, bucket, (0.7, 2)))
        }
        let path = try folder.write(text, to: "rows.csv")
        let comparison = try ScoreComparison(
            of: path, content(amount: 0.5, merchant: 0), content(amount: 0.7, merchant: 2),
            label: "fraud")
        let found = comparison.document
        let moves = zip(before, after).map { abs($1 - $0) }.sorted()
        func near(_ key: String, _ expected: Double) {
            #expect(abs((found[key]?.double ?? .nan) - expected) < 1e-7, "\(key)")
        }
        #expect(comparison.rows == 500 && comparison.unlabelled == 0)
        near("meanScoreBefore", before.reduce(0, +) / 500)
        near("meanScoreAfter", after.reduce(0, +) / 500)
        near("medianMove", moves[250])
        near("largestMove", moves[499])
        let loss = before.enumerated().reduce(0.0) { sum, row in
            sum - log(row.offset % 3 == 0 ? row.element : 1 - row.element)
        }
        #expect(abs((found["log_loss"]?["before"]?.double ?? .nan) - loss / 500) < 1e-9)
    }

    @Test(arguments: [
        ("amount\n1\n", "found no column merchant"),
        ("amount,merchant\n", "found no rows"), ("", "found nothing"),
        ("amount,merchant\n1,16\n", ":2: found the bucket 16.0"),
        ("amount,merchant\n1\n", ":2: found 1 columns"),
        ("amount,merchant\n1,2,3\n", ":2: found more than 2 columns"),
        ("amount,merchant\nx,2\n", ":2: found no number in column 1"),
    ])
    func otherFilesAreRefused(text: String, reason: String) throws {
        let folder = try ScratchFolder()
        let path = try folder.write(text, to: "rows.csv")
        let failure = #expect(throws: Failure.self) {
            try ScoreComparison(
                of: path, content(amount: 1, merchant: 1), content(amount: 1, merchant: 1),
                label: nil)
        }
        #expect(failure?.status == .data && failure?.message.contains(reason) == true)
    }

    @Test func onlyModelsOfTheSameKindsAreCompared() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("amount,merchant\n1,2\n", to: "rows.csv")
        var other = content(amount: 1, merchant: 1)
        other.features[1].weights = .numeric(weight: 1, .identity)
        #expect(throws: Failure.self) {
            try ScoreComparison(of: path, content(amount: 1, merchant: 1), other, label: nil)
        }
    }
}
