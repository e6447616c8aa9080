import Bytes
import CAllocationCounter
import Pipeline

/// The whole step, over events and labels of warmed-up windows.
enum StepBenchmark {
    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        let run = try StepRun(HandbookProject.settings(), log, scale)
        let event = run.events.median
        let counts = run.status.counts
        return [
            Measurement("events per second", 1e9 / event, "events/s", .atLeast(1_000_000)),
            Measurement("event", event, "ns", note: "\(Int(log.eventBytes)) bytes of JSON in"),
            Measurement("label", run.labels.median, "ns", note: "joined, judged, learned from"),
            Measurement("allocations per event", run.allocationsPerEvent, "", .atMost(0)),
            Measurement(
                "allocations per label", run.allocationsPerLabel, "",
                note: "weights are published every 1,000 labels"),
            Measurement(
                "predictions", Double(counts.predictions), "",
                note: "\(counts.rejected) rejected, digest \(String(run.digest, radix: 16))"),
        ]
    }
}

/// One pass over the log.
struct StepRun {
    private(set) var events = Samples()
    private(set) var labels = Samples()
    /// Of all predictions' bytes, in order.
    private(set) var digest: UInt64 = 0
    private(set) var status = PipelineStatus()
    private(set) var allocationsPerEvent = 0.0
    private(set) var allocationsPerLabel = 0.0

    init(
        _ settings: PipelineSettings, _ log: borrowing PaymentLog, _ scale: Scale
    ) throws {
        var pipeline = try EventPipeline(settings)
        var outbox = Outbox()
        let warm = log.warmBlocks(scale)
        var allocations = (events: UInt64(0), labels: UInt64(0))
        var measured = (events: 0, labels: 0)
        for (number, block) in log.blocks.enumerated() {
            let allocationsBefore = allocation_count()
            let start = ThreadTime.now()
            Self.step(&pipeline, log, log.events, block.events, &outbox)
            let middle = ThreadTime.now()
            let allocationsBetween = allocation_count()
            Self.step(&pipeline, log, log.labels, block.labels, &outbox)
            let end = ThreadTime.now()
            if number >= warm {
                allocations.events += allocationsBetween - allocationsBefore
                allocations.labels += allocation_count() - allocationsBetween
                measured.events += block.events.count
                measured.labels += block.labels.count
                events.append(middle - start, over: block.events.count)
                labels.append(end - middle, over: block.labels.count)
            }
            for message in outbox.messages {
                digest = StableHash.of(outbox.bytes(message.value), seed: digest)
            }
            outbox.removeAll()
        }
        status = pipeline.status
        allocationsPerEvent = Double(allocations.events) / Double(max(measured.events, 1))
        allocationsPerLabel = Double(allocations.labels) / Double(max(measured.labels, 1))
    }

    static func step(
        _ pipeline: inout EventPipeline, _ log: borrowing PaymentLog,
        _ records: [PaymentLog.Record],
        _ range: Range<Int>, _ outbox: inout Outbox
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let group = start..<min(start + EventPipeline.lookAheadMax, range.upperBound)
            for index in group {
                pipeline.lookAhead(
                    to: records[index].origin, value: log.bytes(records[index].value))
            }
            for index in group {
                let record = records[index]
                pipeline.step(
                    record.origin, key: log.bytes(record.key), value: log.bytes(record.value),
                    into: &outbox)
            }
            start = group.upperBound
        }
    }
}

extension PaymentLog {
    /// Blocks that fill the windows before the measured ones.
    func warmBlocks(_ scale: Scale) -> Int { Int(Double(blocks.count) * scale.warmShare) }
}
