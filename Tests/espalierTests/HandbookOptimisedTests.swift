import Bytes
import Events
import Features
import Pipeline
import Storage
import TestSupport
import Testing
import Training

@testable import espalier

/// The whole handbook, 1.3 million payments: every published feature, and the published evaluation.
@Suite(
    .enabled(if: isOptimized, "optimised builds only"),
    .enabled(if: SharedData.has("handbook/features_int.csv.gz"), "no reference data"))
struct HandbookOptimisedTests {
    private static let windows = ["1d", "7d", "30d"]

    @Test func everyFeatureIsThePublishedOneAndTheModelRanksAlike() throws {
        let scratch = try ScratchFolder()
        let data = "\(SharedData.root)/data/handbook/"
        let replayed = try ReplayedFiles.run(
            HandbookProject.settings(), events: [data + "transactions.csv.gz"],
            labels: [data + "labels.csv.gz"], labelsAfter: 7 * HandbookProject.dayMillis,
            predictions: scratch.file("predictions.ndjson.zst"),
            features: scratch.file("features.csv"))
        #expect(replayed.status.counts.events == 1_303_778)
        #expect(replayed.status.labels.joined == 1_303_778)
        let mismatches = try mismatches(in: scratch.file("features.csv"))
        #expect(mismatches.isEmpty)

        var week = try HandbookWeek()
        #expect(week.count == 58_264 && week.fraudCount == 385)
        week.judge(try scores(in: scratch.file("predictions.ndjson.zst"), of: week.ids))
        #expect(week.scored.count == week.count)
        // Published for a logistic regression fitted on one week: .871, .606, .291.
        let area = try #require(week.scored.rocArea)
        let precision = try #require(week.scored.averagePrecision)
        let cards = try #require(week.cards.precision(atTop: 100))
        #expect(area > 0.86, "AUC \(area)")
        #expect(precision > 0.59, "average precision \(precision)")
        #expect(cards > 0.28, "card precision@100 \(cards)")
    }

    /// Rows of each feature that differ from the published integers: counts and flags exactly,
    /// risks as frauds over count, averages as cents over count to 1e-9.
    private func mismatches(in path: String) throws -> [String: Int] {
        let ours = Self.windows.flatMap {
            [
                "customer_count_\($0)", "customer_mean_\($0)", "terminal_count_\($0)",
                "terminal_risk_\($0)",
            ]
        }
        let theirs = Self.windows.flatMap {
            ["cust_nb_\($0)", "cust_sum_cents_\($0)", "term_nb_\($0)", "term_fraud_\($0)"]
        }
        var found = try NumberRows(path: path, ["id", "weekend", "night"] + ours)
        var published = try NumberRows(
            "handbook/features_int.csv.gz", ["transaction_id", "weekend", "night"] + theirs)
        var mismatches: [String: Int] = [:]
        var count = 0
        while try found.advance(), try published.advance() {
            count += 1
            for slot in 0..<3 where found.row.numbers[slot] != published.row.numbers[slot] {
                mismatches[["id", "weekend", "night"][slot], default: 0] += 1
            }
            for window in 0..<3 {
                let place = 3 + 4 * window
                let expected = (0..<4).map { published.row.numbers[place + $0] }
                let values = (0..<4).map { found.row.numbers[place + $0] }
                let mean = expected[1] / 100 / expected[0]
                let risk = expected[2] > 0 ? expected[3] / expected[2] : 0
                let isEqual = [
                    values[0] == expected[0], abs(values[1] - mean) <= 1e-9,
                    values[2] == expected[2], values[3] == risk,
                ]
                for feature in 0..<4 where !isEqual[feature] {
                    mismatches[ours[4 * window + feature], default: 0] += 1
                }
            }
        }
        #expect(count == 1_303_778)
        return mismatches
    }

    private func scores(in path: String, of ids: Set<Int64>) throws -> [Int64: Double] {
        let decoder = try EventDecoder(
            json: EventSchema(
                fields: [
                    FieldSchema(name: "id", path: ["id"], type: .int64),
                    FieldSchema(name: "score", path: ["score"], type: .double),
                ], id: 0, time: nil))
        var row = EventRow(slots: 2)
        var reader = try RecordReader(path: path, form: .lines)
        var scores: [Int64: Double] = [:]
        while try reader.advance() {
            try decoder.decode(reader.record, into: &row)
            if ids.contains(row.integers[0]) { scores[row.integers[0]] = row.numbers[1] }
        }
        return scores
    }
}
