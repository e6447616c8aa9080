import Bytes
import CAllocationCounter
import Pipeline
import PipelineFixture
import TestSupport
import Testing

@Suite(.enabled(if: isOptimized, "an unoptimized build allocates by itself"))
struct PipelineAllocations {
    /// Once every buffer has its size: score, join, learn, mature. Only a record turned away
    /// allocates: the words of its dead letter, and the error (which the test library boxes).
    @Test func aStepAllocatesNothing() throws {
        var project = PaymentProject()
        project.publishEvery = 1_000_000
        project.publishesFeatures = true
        var stream = PaymentStream(partitions: 1, seed: 4)
        var records = InputRecord.numbered(stream.next(6_000))
        for place in stride(from: 0, to: records.count, by: 100) { records[place].value = [0x7B] }
        let values = records.map { $0.value ?? [] }
        let keys = records.map { Array(($0.key ?? "").utf8) }
        var pipeline = try EventPipeline(try project.settings())
        var outbox = Outbox()
        func run(_ range: Range<Int>) -> (taken: UInt64, rejected: UInt64) {
            var (taken, rejected): (UInt64, UInt64) = (0, 0)
            for place in range {
                let before = allocation_count()
                outbox.removeAll()
                let (key, value) = (keys[place], values[place])
                unsafe pipeline.step(
                    records[place].origin, key: key.span.bytes, value: value.span.bytes,
                    into: &outbox)
                let count = allocation_count() - before
                if place % 100 == 0 { rejected += count } else { taken += count }
            }
            return (taken, rejected)
        }
        let warm = records.count * 2 / 3
        _ = run(0..<warm)
        let events = pipeline.counts.events
        let rejections = pipeline.counts.rejected
        let allocations = run(warm..<records.count)
        #expect(allocations.taken == 0)
        #expect(allocations.rejected <= 4 * (pipeline.counts.rejected - rejections))
        #expect(pipeline.counts.events > events + 1_000 && pipeline.counts.matured > 100)
    }
}
