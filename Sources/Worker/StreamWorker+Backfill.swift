internal import Features
internal import Kafka
internal import Model
internal import Pipeline

/// A task's state made again from the beginning of its history, for a model that weighs features
/// which are not computed yet. The present model serves until it has caught up.
struct Backfill {
    /// The model that waits for it.
    let version: String
    let replay: TaskReplay
    /// Whether the task waits, between two batches, for the last few to be stepped.
    var isHolding = false

    /// The first batch that is not in the new state yet.
    var next: UInt64 { replay.task.next }
}

/// A piece of every backfill between two turns.
extension StreamWorker {
    /// About a millisecond.
    private static let pieceRecords = 512
    private static let pieceBytes = 1 << 20
    /// So many batches behind, the task is held until they are stepped.
    private static let holdBatches: UInt64 = 4

    mutating func beginBackfill(
        of task: StreamTask<StreamInput>, for model: SparseModel, _ slot: ModelSlot
    ) {
        guard backfills[task.number]?.version != model.version, !refused.contains(model.version)
        else { return }
        backfills[task.number] = nil
        do throws(WorkerError) {
            var wanted = pipelineSettings
            wanted.scoring = .model(model)
            wanted = wanted.computing(also: task.pipeline.settings.plan.computedInputs)
            let replay = try TaskReplay(
                settings, wanted, task: task.number, over: task.inputs.map(\.partition))
            backfills[task.number] = Backfill(version: model.version, replay: replay)
        } catch {
            refuse(model.version, error)
        }
    }

    /// Goes on with every backfill, and gives a task the state of one that has caught up.
    ///
    /// - Returns: the records that were stepped.
    mutating func continueBackfills() -> Int {
        var used = 0
        for number in backfills.keys.sorted() {
            guard let backfill = backfills[number], let task = tasks[number] else {
                backfills[number] = nil
                continue
            }
            do throws(WorkerError) {
                used += try proceed(backfill, task)
            } catch {
                backfills[number] = nil
                refuse(backfill.version, error)
            }
        }
        return used
    }

    private mutating func proceed(
        _ backfill: Backfill, _ task: StreamTask<StreamInput>
    ) throws(WorkerError) -> Int {
        var unwanted = Outbox()
        let used = try backfill.replay.turn(
            upTo: Self.pieceRecords, bytesMax: Self.pieceBytes, into: &unwanted)
        if task.chain.next - backfill.next <= Self.holdBatches {
            backfills[task.number]?.isHolding = true
        }
        if backfill.next == task.chain.next {
            abandonSnapshot(of: task.number)
            task.exchangePipelines(with: backfill.replay.task)
            backfills[task.number] = nil
        } else if backfill.replay.isAtEnd {
            backfill.replay.lookAgain()
        }
        return used
    }

    /// A model that cannot have its features keeps the present one serving.
    private mutating func refuse(_ version: String, _ error: WorkerError) {
        refused.insert(version)
        settings.models?.refuse(version, reason: "\(error)")
    }
}
