internal import Features
internal import Kafka
internal import Model
internal import Pipeline

/// A task's state made again from the beginning of its history, for a model that weighs features
/// which are not computed yet. The present model serves until it has caught up.
struct Backfill {
    /// The model that waits for it.
    let version: String
    /// What it is computed for, besides what models of the journal weigh.
    let wanted: PipelineSettings
    /// The journal is looked through first.
    let tail: JournalTail
    var survey = JournalSurvey(first: 0, owner: nil)
    /// Nil until that is done.
    var replay: TaskReplay?
    /// Whether the task waits, between two batches, for the last few to be stepped.
    var isHolding = false

    /// Records that the task has used and the new state has not.
    func remaining(to task: StreamTask<StreamInput>) -> Int64 {
        task.inputs.reduce(0) { total, input in
            let reached = replay?.task.inputs.first { $0.input == input.input }?.position
            return total + max(0, input.position - (reached ?? survey.starts[input.input] ?? 0))
        }
    }
}

/// A piece of every backfill between two turns.
extension StreamWorker {
    /// Records of a piece at least: about a millisecond.
    private static let pieceRecordsMin = 512
    private static let pieceBytes = 4 << 20
    /// After an error that may pass, a backfill is begun anew.
    private static let retryPause = Duration.seconds(10)

    /// Scores a task with a model, at once where all that it weighs is computed.
    mutating func serve(_ model: SparseModel, _ task: StreamTask<StreamInput>, _ slot: ModelSlot) {
        guard backfills[task.number]?.version != model.version, !refused.contains(model.version)
        else { return }
        backfills[task.number] = nil
        guard task.pipeline.lacking(model).isEmpty else { return backfill(task, for: model) }
        task.pipeline.use(model)
        slot.note(ModelSwitch(version: model.version, positions: scored(task)))
    }

    private mutating func backfill(_ task: StreamTask<StreamInput>, for model: SparseModel) {
        guard .now >= nextBackfill else { return }
        do throws(WorkerError) {
            var wanted = pipelineSettings
            wanted.scoring = .model(model)
            wanted = wanted.computing(also: task.pipeline.settings.plan.computedInputs)
            let tail = try JournalTail(settings, task: task.number, from: nil, until: nil)
            backfills[task.number] = Backfill(version: model.version, wanted: wanted, tail: tail)
        } catch {
            giveUp(model.version, error)
        }
    }

    /// Goes on with every backfill, and gives a task the state of one that has caught up. Half as
    /// much again as the turn before took, so that it catches up with a stream that never pauses.
    ///
    /// - Parameter turnRecords: what all tasks used in the turn before.
    /// - Returns: the records that were stepped.
    mutating func continueBackfills(after turnRecords: Int) -> Int {
        let piece = max(Self.pieceRecordsMin, turnRecords * 3 / 2)
        var used = 0
        for number in backfills.keys.sorted() {
            guard let backfill = backfills[number], let task = tasks[number] else {
                backfills[number] = nil
                continue
            }
            do throws(WorkerError) {
                used += try proceed(backfill, task, upTo: piece)
            } catch {
                backfills[number] = nil
                giveUp(backfill.version, error)
            }
        }
        return used
    }

    private mutating func proceed(
        _ backfill: Backfill, _ task: StreamTask<StreamInput>, upTo recordsMax: Int
    ) throws(WorkerError) -> Int {
        guard let replay = backfill.replay else {
            return try lookThrough(backfill, of: task, upTo: recordsMax)
        }
        var unwanted = Outbox()
        let used = try replay.turn(upTo: recordsMax, bytesMax: Self.pieceBytes, into: &unwanted)
        // The rest is on its way into the journal.
        if replay.isAtEnd { backfills[task.number]?.isHolding = true }
        if replay.task.next == task.chain.next, !task.pipeline.isComparing {
            abandonSnapshot(of: task.number)
            task.exchangePipelines(with: replay.task)
            costs.forget(task: task.number)
            backfills[task.number] = nil
        } else if replay.isAtEnd {
            replay.lookAgain()
        }
        return used
    }

    /// - Returns: the records of the journal that were read.
    private mutating func lookThrough(
        _ backfill: Backfill, of task: StreamTask<StreamInput>, upTo recordsMax: Int
    ) throws(WorkerError) -> Int {
        var backfill = backfill
        let used = try backfill.tail.look(
            through: &backfill.survey, upTo: recordsMax, within: settings.connectPatience)
        if backfill.tail.isAtEnd {
            backfill.replay = try TaskReplay(
                settings, backfill.wanted, task: task.number, behind: backfill.survey,
                over: task.inputs.map(\.partition))
        }
        backfills[task.number] = backfill
        return used
    }

    /// A model that cannot have its features keeps the present one serving: for good where the log
    /// no longer holds them, else until the next attempt.
    private mutating func giveUp(_ version: String, _ error: WorkerError) {
        if case .recovery = error {
            refused.insert(version)
        } else {
            nextBackfill = .now + Self.retryPause
        }
        settings.models?.refuse(version, reason: "\(error)")
    }
}
