import TestSupport
import Testing

/// The published features of the Fraud Detection Handbook.
struct HandbookTests {
    private static let slice = "handbook/slices/corner_dev/"

    /// All rows of 324 terminals, and what another implementation gives for these rows alone; where
    /// `cust_complete` is 1, that is what the handbook gives for all.
    @Test(.enabled(if: SharedData.has(slice), "needs ../shared/data/handbook"))
    func theSliceAgreesBitForBit() throws {
        var handbook = try HandbookFeatures(Self.slice)
        let published = NumberTable(csv: try SharedData.bytes(Self.slice + "features.csv.gz"))
        #expect(handbook.transactions.count == 45_156)
        #expect(published.count == handbook.transactions.count)
        var differences: [String: Int] = [:]
        var complete = 0
        for row in 0..<published.count {
            try #require(published[row, 0] == handbook.transactions[row, 0])
            complete += published[row, 1] == 1 ? 1 : 0
            for (feature, found) in handbook.features(row).enumerated()
            where found.bitPattern != published[row, feature + 2].bitPattern {
                differences[published.columns[feature + 2], default: 0] += 1
            }
        }
        #expect(differences.isEmpty)
        #expect(complete > 1_000)
    }
}

/// The whole handbook, 1.3 million rows.
@Suite(.enabled(if: isOptimized, "optimised builds only")) struct OptimisedHandbookTests {
    private static let features = "handbook/features_int.csv.gz"

    /// Counts and frauds exactly, risks as their quotient; averages within 1e-9 of the exact one
    /// from the published cents, because a running sum in doubles keeps rounding errors.
    @Test(.enabled(if: SharedData.has(features), "needs ../shared/data/handbook"))
    func everyRowAgrees() throws {
        var handbook = try HandbookFeatures("handbook/")
        let published = NumberTable(csv: try SharedData.bytes(Self.features))
        #expect(published.count == 1_303_778)
        #expect(published.count == handbook.transactions.count)
        var differences: [String: Int] = [:]
        var errorMax = 0.0
        for row in 0..<published.count {
            let found = handbook.features(row)
            for feature in 0..<14 where feature < 2 || feature.isMultiple(of: 2) {
                // weekend, night, then count and sum of each window: the same columns here.
                if found[feature] != published[row, feature + 1] {
                    differences[published.columns[feature + 1], default: 0] += 1
                }
            }
            for feature in [3, 5, 7] {
                let mean = published[row, feature + 1] / 100 / published[row, feature]
                errorMax = max(errorMax, abs(found[feature] - mean))
            }
            for feature in [9, 11, 13] {
                let (frauds, count) = (published[row, feature + 1], published[row, feature])
                if found[feature] != (count > 0 ? frauds / count : 0) {
                    differences[published.columns[feature + 1], default: 0] += 1
                }
            }
        }
        #expect(differences.isEmpty)
        #expect(errorMax < 1e-9)
    }
}
