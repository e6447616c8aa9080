import CAllocationCounter
import TestSupport
import Testing

@testable import Statistics

@Suite(.enabled(if: isOptimized, "an unoptimized build allocates by itself"))
struct StatisticsAllocations {
    /// Only a window that begins again does, for the levels of its sketches: some hundred times in
    /// a thousand events of four columns.
    @Test func anEventByItselfAllocatesNothing() throws {
        let list = EventList(40_000, seed: 1, gapMillis: 100)
        var table = try StatisticsTable(columns: EventList.columns, settings: EventList.settings)
        func take(_ range: Range<Int>) -> UInt64 {
            let before = allocation_count()
            for event in list.events[range] {
                unsafe withUnsafePointer(to: event.bucket) { bucket in
                    table.observe(
                        numbers: event.numbers.span,
                        buckets: unsafe Span(_unsafeStart: bucket, count: 1),
                        score: event.score, timeMillis: event.time, clock: event.time + 2_000)
                }
            }
            return allocation_count() - before
        }
        _ = take(0..<30_000)
        let perEvent = Double(take(30_000..<40_000)) / 10_000
        #expect(perEvent < 0.1, "\(perEvent) an event")
    }
}
