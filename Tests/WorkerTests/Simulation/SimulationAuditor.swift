import Bytes
import Pipeline
import PipelineFixture

@testable import Worker

/// Knows what must have come out: reads each journal by rules of its own, steps a plain pipeline
/// through the records that it names, sorted, and compares.
struct SimulationAuditor {
    let world: SimulatedWorld
    let settings: PipelineSettings

    struct Verdict: Equatable {
        /// Tasks whose state is another.
        var wrongStates: [Int] = []
        var missing = 0
        var wrong = 0
        var repeated = 0
        /// Inputs of which the journal does not name all.
        var unnamed = 0
    }

    func judge(finalStates: [Int: [UInt8]]) throws -> Verdict {
        var verdict = Verdict()
        var expected: Set<WrittenMessage> = []
        var positions: [JournalInput: Int64] = [:]
        for task in world.tasks {
            var truth = try Fold(settings)
            for batch in try history(of: task) {
                var records: [InputRecord] = []
                for range in batch.ranges {
                    let found = (world.inputs[range.input] ?? []).filter {
                        $0.offset >= range.start && $0.offset < range.end
                    }
                    positions[range.input] = range.end
                    records += found
                }
                for record in InputRecord.sorted(records) { truth.step(record) }
            }
            expected.formUnion(truth.written)
            if Snapshot.bytes(&truth.pipeline) != finalStates[task] {
                verdict.wrongStates.append(task)
            }
        }
        let unnamed = world.inputs.filter { positions[$0.key, default: 0] < $0.value.count }
        verdict.unnamed = unnamed.count
        let found = Set(world.outputs)
        verdict.missing = expected.subtracting(found).count
        verdict.wrong = found.subtracting(expected).count
        verdict.repeated = world.outputs.count - found.count
        return verdict
    }

    /// Batches by the rule: the newest takeover's writer counts, and each number once.
    private func history(of task: Int) throws -> [JournalBatch] {
        var owner: UInt64 = 0
        var batches: [JournalBatch] = []
        for bytes in world.journals[task] ?? [] {
            switch try unsafe JournalRecord(bytes.span.bytes) {
            case .takeover(let next): owner = next
            case .batches(let writer, let written) where writer == owner: batches += written
            case .batches: continue
            case .origin: batches = []
            }
        }
        return batches
    }
}
