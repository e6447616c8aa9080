/// A batch of sent records whose deliveries are counted together; numbered upwards from 0.
public struct BatchNumber: Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    public static func < (first: BatchNumber, second: BatchNumber) -> Bool {
        first.rawValue < second.rawValue
    }
}

/// What became of a sealed batch, once nothing of it is outstanding.
public struct BatchDelivery: Sendable, Equatable {
    public let batch: BatchNumber
    public let deliveredCount: Int
    public let failedCount: Int
    /// Why the first record that failed did so.
    public let firstFailure: KafkaError?
    /// The highest offset that a record of the batch got: where it stands, if all went to one
    /// partition.
    public let lastOffset: Int64?

    public var isComplete: Bool { failedCount == 0 }
}

/// Counts what was sent and what became of it, batch by batch.
struct DeliveryLedger {
    private struct Account {
        var sent = 0
        var delivered = 0
        var failed = 0
        var firstFailure: KafkaError?
        var lastOffset: Int64?
        var isSettled: Bool { delivered + failed == sent }
    }

    /// From the oldest batch not yet reported to the open one, which is last.
    private var accounts: [Account] = [Account()]
    private var oldest: UInt64 = 0
    private(set) var outstanding = 0

    var openBatch: BatchNumber { BatchNumber(rawValue: oldest + UInt64(accounts.count) - 1) }

    mutating func noteSent() {
        accounts[accounts.count - 1].sent += 1
        outstanding += 1
    }

    mutating func noteDelivered(_ batch: BatchNumber, count: Int, lastOffset: Int64) {
        let index = index(of: batch)
        accounts[index].delivered += count
        accounts[index].lastOffset = max(accounts[index].lastOffset ?? lastOffset, lastOffset)
        outstanding -= count
    }

    mutating func noteFailed(_ batch: BatchNumber, _ error: KafkaError) {
        let index = index(of: batch)
        if accounts[index].failed == 0 { accounts[index].firstFailure = error }
        accounts[index].failed += 1
        outstanding -= 1
    }

    /// Ends the open batch and opens the next.
    mutating func seal() -> BatchNumber {
        defer { accounts.append(Account()) }
        return openBatch
    }

    /// The oldest sealed batch, if nothing of it is outstanding.
    mutating func takeSettled() -> BatchDelivery? {
        guard accounts.count > 1, accounts[0].isSettled else { return nil }
        let account = accounts.removeFirst()
        defer { oldest += 1 }
        return BatchDelivery(
            batch: BatchNumber(rawValue: oldest), deliveredCount: account.delivered,
            failedCount: account.failed, firstFailure: account.firstFailure,
            lastOffset: account.lastOffset)
    }

    private func index(of batch: BatchNumber) -> Int {
        precondition(
            batch.rawValue >= oldest && batch <= openBatch,
            "batch \(batch.rawValue) is not one of \(oldest)...\(openBatch.rawValue)")
        return Int(batch.rawValue - oldest)
    }
}
