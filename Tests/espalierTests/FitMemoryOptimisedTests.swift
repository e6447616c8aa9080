import Bytes
import Foundation
import JSON
import TestSupport
import Testing

/// What `espalier fit` holds at most, over the data: 8 bytes for each row and feature.
@Suite(
    .serialized, .enabled(if: isOptimized, "writes 100 MB of numbers: only in an optimized build"))
struct FitMemoryOptimisedTests {
    private static let columns = 500
    private static let ratioMax = 1.5

    @Test(arguments: [[], ["--folds", "5"], ["--folds", "5", "--time", "t"]])
    func numbersAreHeldOnce(folds: [String]) throws {
        let scratch = try ScratchFolder()
        let (large, small) = (25_000, 100)
        let roles = ["--label", "y"] + (folds.contains("t") ? [] : ["--ignore", "t"])
        let peaks = try [large, small].map { rows in
            let table = scratch.file("\(rows).csv")
            try Data(Self.table(rows)).write(to: URL(fileURLWithPath: table))
            return try Self.peakBytes([table] + roles + folds, scratch)
        }
        let data = 8 * (large - small) * Self.columns
        let ratio = Double(peaks[0] - peaks[1]) / Double(data)
        #expect(ratio <= Self.ratioMax, "\(peaks[0] - peaks[1]) bytes for \(data)")
        // Less than the numbers themselves would tell of a measure that misses them.
        #expect(ratio >= 1)
    }

    private static func peakBytes(_ arguments: [String], _ scratch: ScratchFolder) throws -> Int {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appending(path: "espalier")
        process.arguments =
            ["fit"] + arguments + ["--lambdas", "10", "--out", scratch.file("path.json")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let bytes = try scratch.bytes("path.json")
        let document = try JSONValue(parsing: unsafe bytes.span.bytes)
        return try #require(document["peakBytes"]?.integer.map { Int($0) })
    }

    /// A tenth of the columns tell of the label; one number in 2,000 is missing.
    private static func table(_ rows: Int) -> [UInt8] {
        var random = SeededRandom(seed: 6)
        var text: [UInt8] = []
        for column in 0..<columns { text += "x\(column),".utf8 }
        text += "t,y\n".utf8
        for row in 0..<rows {
            var margin = 0.0
            for column in 0..<columns {
                let value = Int(random.next() % 2_001) - 1_000
                if column.isMultiple(of: 10) { margin += Double(value) / 3_000 }
                text += (value == 0 ? "," : "\(value),").utf8
            }
            let noise = Double(random.next() % 2_001) / 1_000 - 1
            text += "\(row),\(margin + noise > 0 ? 1 : 0)\n".utf8
        }
        return text
    }
}
