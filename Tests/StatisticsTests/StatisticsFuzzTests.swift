import Bytes
import Sketches
import TestSupport
import Testing

@testable import Statistics

/// Statistics that are damaged where no checksum tells: an error, or a table that can be read and
/// goes on.
@Suite struct StatisticsFuzzTests {
    @Test(arguments: UInt64(0)..<6) func damagedTablesNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var settings = StatisticsSettings()
        settings.windowsMillis = [1_000, 10_000]
        let columns = [
            StatisticsColumn(name: "a", source: .number(slot: 0)),
            StatisticsColumn(name: "c", source: .category(buckets: 16)),
            StatisticsColumn(name: "score", source: .score),
        ]
        var table = try StatisticsTable(columns: columns, settings: settings)
        func step(_ table: inout StatisticsTable, _ event: Int) {
            let numbers = [Double.random(in: -5...5, using: &random)]
            let buckets = [UInt32.random(in: 0..<16, using: &random)]
            table.observe(
                numbers: numbers.span, buckets: buckets.span, score: 0.5,
                timeMillis: Int64(event) * 10, clock: Int64(event) * 10)
        }
        for event in 0..<2_000 { step(&table, event) }
        var writer = ByteWriter()
        table.append(to: &writer)
        let mutator = FrameMutator(writer.copy())
        #expect(mutator.frameCount > 10)
        for _ in 0..<60 {
            let mutant = mutator.mutant(using: &random)
            var restored = try StatisticsTable(columns: columns, settings: settings)
            var reader = ByteReader(unsafe mutant.span.bytes)
            guard (try? restored.restore(from: &reader)) != nil else { continue }
            for event in 2_000..<3_200 { step(&restored, event) }
            for column in columns.indices {
                _ = restored.summary(of: column, over: .lifetime).quantiles.distribution()
            }
        }
    }
}
