import Bytes
import Foundation

/// Tables that commands read.
enum GeneratedTable {
    static let denseColumns = 500
    static let sparseColumns = 1_000_000
    static let sparseEntries = 50
    /// Buckets of frequent values, of which half of a row's entries are.
    private static let frequentBuckets = 2_000

    /// CSV of whole numbers; a tenth of the columns tell of the label.
    static func writeDense(_ rows: Int, to path: String) throws {
        var random = SeededRandom(seed: 6)
        var text = Array((0..<denseColumns).map { "x\($0)," }.joined().utf8) + Array("y\n".utf8)
        for _ in 0..<rows {
            var margin = 0.0
            for column in 0..<denseColumns {
                let value = random.index(below: 2_001) - 1_000
                if column.isMultiple(of: 10) { margin += Double(value) / 3_000 }
                text += "\(value),".utf8
            }
            text += (margin + random.normal() > 0 ? "1\n" : "0\n").utf8
        }
        try Data(text).write(to: URL(fileURLWithPath: path))
    }

    /// Svmlight of buckets as hashing gives them: some of frequent values, some of rare ones. A
    /// tenth of the frequent ones tell of the label.
    static func writeSparse(_ rows: Int, to path: String) throws {
        var random = SeededRandom(seed: 8)
        var text: [UInt8] = []
        for _ in 0..<rows {
            var buckets: Set<Int> = []
            while buckets.count < sparseEntries {
                let isFrequent = buckets.count < sparseEntries / 2
                buckets.insert(
                    random.index(below: isFrequent ? frequentBuckets : sparseColumns))
            }
            var margin = random.normal()
            for bucket in buckets where bucket < frequentBuckets && bucket.isMultiple(of: 10) {
                margin += bucket.isMultiple(of: 20) ? 0.5 : -0.5
            }
            text += (margin > 0 ? "1" : "0").utf8
            for bucket in buckets.sorted() { text += " \(bucket):1".utf8 }
            text.append(UInt8(ascii: "\n"))
        }
        try Data(text).write(to: URL(fileURLWithPath: path))
    }
}
