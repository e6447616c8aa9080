internal import TestSupport

/// Payments in order of time and their labels some time later, with ties between them, spread over
/// partitions by customer.
public struct PaymentStream {
    public var partitions: Int
    private var generator: SeededGenerator
    private var clock: Int64 = 1_700_000_000_000
    private var count = 0
    private var due: [InputRecord] = []

    public init(partitions: Int, seed: UInt64) {
        self.partitions = partitions
        generator = SeededGenerator(seed)
    }

    /// The next payments, and the labels that are due by then, numbered from the stream's beginning
    /// only when taken together.
    public mutating func next(_ payments: Int) -> [InputRecord] {
        var records: [InputRecord] = []
        for _ in 0..<payments {
            clock += Int64.random(in: 0...40, using: &generator)
            let customer = Int.random(in: 0..<40, using: &generator)
            let isFraud = Int.random(in: 0..<8, using: &generator) == 0
            let amount = Double.random(in: 1...(isFraud ? 900 : 90), using: &generator)
            let partition = customer % partitions
            records += due.filter { $0.time <= clock }
            due.removeAll { $0.time <= clock }
            let id = "p\(count)"
            count += 1
            records.append(
                .payment(
                    id, time: clock, customer: customer,
                    terminal: Int.random(in: 0..<25, using: &generator), amount: amount,
                    channel: isFraud ? "phone" : "web", partition: partition))
            if Int.random(in: 0..<3, using: &generator) == 0 {
                let delay = Int64.random(in: 0...8_000, using: &generator)
                due.append(
                    .label(id, time: clock + delay, isFraud ? 1 : 0, partition: partition))
                due.sort { $0.time < $1.time }
            }
        }
        return records
    }
}
