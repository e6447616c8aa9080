import Statistics
import TestSupport
import Testing

@testable import Drift

/// Profiles of what the service's statistics keep.
struct SummaryProfileTests {
    /// A feature with few values is compared by their exact counts, however many events there were
    /// and in however many parts; one of many values by its sketch.
    @Test func fewValuesAreCountedExactly() throws {
        let columns = ["hour", "amount"].enumerated().map {
            StatisticsColumn(name: $1, source: .number(slot: $0))
        }
        var samples = Samples(3)
        var hours: [Double] = []
        var sums: [FeatureProfile] = []
        var tables: [StatisticsTable] = []
        let none: [UInt32] = []
        for _ in 0..<3 {
            var table = try StatisticsTable(columns: columns, settings: StatisticsSettings())
            for number in 0..<20_000 {
                let hour = max(0, min(23, (12 + 5 * samples.normal()).rounded()))
                hours.append(number % 50 == 0 ? .nan : hour)
                let values = [hours[hours.count - 1], samples.normal()]
                table.observe(
                    numbers: values.span, buckets: none.span, score: 0, timeMillis: 5, clock: 5,
                    segment: 0)
            }
            tables.append(table.settled())
        }
        for column in 0..<2 {
            var sum = tables[0].summary(of: column, over: .lifetime)
            for table in tables[1...] { sum.merge(table.summary(of: column, over: .lifetime)) }
            sums.append(sum.profile)
        }
        let exact = FeatureProfile(exactly: hours)
        #expect(sums[0].distribution == exact.distribution && sums[0].missing == exact.missing)
        #expect(sums[1].distribution.rankError > 0)
        #expect(abs(sums[1].distribution.weight - 60_000) < 1)
    }
}
