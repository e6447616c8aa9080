import Features
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import espalier

/// The slice `corner_dev` of the handbook: all rows of 324 terminals, with the features an
/// independent implementation gives for this slice alone.
@Suite(
    .enabled(if: SharedData.has("handbook/slices/corner_dev/features.csv.gz"), "no reference data"))
struct HandbookSliceTests {
    private static let folder = "handbook/slices/corner_dev/"

    private func path(_ name: String) throws -> String {
        try #require(SharedData.path(Self.folder + name))
    }

    /// Columns of the published file, in the order of our features behind the amount.
    private func published() throws -> NumberTable {
        NumberTable(csv: try SharedData.bytes(Self.folder + "features.csv.gz"))
    }

    @Test func featuresOfTheSliceAreThePublishedOnes() throws {
        let scratch = try ScratchFolder()
        let replayed = try ReplayedFiles.run(
            HandbookProject.settings(), events: [path("transactions.csv.gz")],
            labels: [path("labels.csv.gz")], labelsAfter: 7 * HandbookProject.dayMillis,
            features: scratch.file("features.csv"))
        #expect(replayed.status.counts.events == 45_156)
        #expect(replayed.status.counts.labels == 45_156)
        #expect(replayed.status.counts.rejections.isEmpty)
        let found = NumberTable(csv: try scratch.bytes("features.csv"))
        let expected = try published()
        #expect(found.count == expected.count)
        var mismatches: [String: Int] = [:]
        for row in 0..<min(found.count, expected.count) {
            guard found[row, 0] == expected[row, 0] else {
                mismatches["id", default: 0] += 1
                continue
            }
            for feature in 0..<14 where found[row, feature + 3] != expected[row, feature + 2] {
                mismatches[expected.columns[feature + 2], default: 0] += 1
            }
        }
        #expect(mismatches.isEmpty)
    }

    @Test func CSVAndNDJSONGiveTheSamePredictions() throws {
        let scratch = try ScratchFolder()
        let rows = try SharedData.lines(Self.folder + "transactions.csv.gz")
        let names = rows[0].split(separator: ",")
        let objects = rows.dropFirst().map { row in
            let members = zip(names, row.split(separator: ",")).map { "\"\($0)\":\($1)" }
            return "{\(members.joined(separator: ","))}"
        }
        let events = try scratch.write(objects.joined(separator: "\n"), to: "events.ndjson")
        for (events, predictions) in [
            (try path("transactions.csv.gz"), "csv.ndjson"), (events, "json.ndjson"),
        ] {
            _ = try ReplayedFiles.run(
                HandbookProject.settings(), events: [events], labels: [path("labels.csv.gz")],
                labelsAfter: 7 * HandbookProject.dayMillis, predictions: scratch.file(predictions))
        }
        let predictions = try scratch.bytes("csv.ndjson")
        #expect(predictions.split(separator: UInt8(ascii: "\n")).count == 45_156)
        #expect(predictions == (try scratch.bytes("json.ndjson")))
    }
}
