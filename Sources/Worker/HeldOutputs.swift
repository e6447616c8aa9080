internal import Kafka
internal import Pipeline

/// Outputs of one batch, from its end until the journal has it.
final class HeldOutputs {
    var outbox = Outbox()
    var task = 0
    /// The number of the batch; of one that the journal has, the number of the one under way.
    var number: UInt64 = 0
    var positions: [PartitionOffset] = []
    var latency = LatencyStretches()
    /// Whether more of its batch is to come: these settle nothing.
    private(set) var isPart = false

    /// Takes down whose outputs these are, and what is settled once they have arrived.
    ///
    /// Those of an idle look at alerts settle nothing: batches before them may still wait for the
    /// journal.
    func note<Source>(
        _ turn: StreamTask<Source>.Turn, of task: Int, at positions: [PartitionOffset],
        next: UInt64
    ) {
        self.task = task
        number = turn.batch == nil ? next : next - 1
        if turn.used > 0 { self.positions = positions }
    }

    /// Leaves it to later outputs of the task to settle the batch.
    func settleLater() {
        isPart = true
        positions.removeAll(keepingCapacity: true)
    }

    func removeAll() {
        outbox.removeAll()
        latency = LatencyStretches()
        positions.removeAll(keepingCapacity: true)
        isPart = false
    }
}

/// Batches whose outputs wait for the journal, in the order in which they ended. Outboxes are used
/// again.
struct HeldQueue {
    private var waiting: [HeldOutputs] = []
    private var spare: [HeldOutputs] = []
    /// Messages that wait.
    private(set) var messageCount = 0
    private(set) var byteCount = 0

    /// An empty one to write to.
    mutating func take() -> HeldOutputs { spare.popLast() ?? HeldOutputs() }

    mutating func append(_ outputs: HeldOutputs) {
        messageCount += outputs.outbox.messages.count
        byteCount += outputs.outbox.byteCount
        waiting.append(outputs)
    }

    mutating func giveBack(_ outputs: HeldOutputs) {
        guard spare.count < Self.spareMax, outputs.outbox.byteCount <= Self.spareBytesMax else {
            return
        }
        outputs.removeAll()
        spare.append(outputs)
    }

    private static let spareMax = 8
    /// An outbox that held more is not kept: unusual batches are to leave nothing behind.
    private static let spareBytesMax = 1 << 20

    var isEmpty: Bool { waiting.isEmpty }

    /// The oldest of those that may go.
    mutating func next(where isDurable: (_ task: Int, _ number: UInt64) -> Bool) -> HeldOutputs? {
        guard let place = waiting.firstIndex(where: { isDurable($0.task, $0.number) }) else {
            return nil
        }
        let outputs = waiting.remove(at: place)
        messageCount -= outputs.outbox.messages.count
        byteCount -= outputs.outbox.byteCount
        return outputs
    }

    /// Forgets a task's outputs: another worker makes them again.
    mutating func drop(task: Int) {
        while let outputs = next(where: { found, _ in found == task }) { giveBack(outputs) }
    }
}
