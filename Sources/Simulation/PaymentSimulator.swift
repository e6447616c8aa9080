internal import Bytes

/// Card payments and their labels in the order in which they are sent, for a number of days;
/// the same seed, settings and faults give the same bytes everywhere.
///
/// Modelled on the simulator of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot,
/// Bontempi 2022, chapter 3). Customers and terminals stand on a grid; each day a customer makes a
/// Poisson number of payments, at about noon, of normally distributed amounts, at terminals nearby.
/// A payment is fraudulent if (1) its amount exceeds 220, (2) its terminal is compromised, or (3)
/// its card is and the thief, not the owner, pays: a third of the payments, of five times the
/// amount. Positions as degrees, merchant categories, channels and devices are added to the
/// handbook's fields.
///
/// Memory: a day's payments, and the labels and late messages that wait, 40 and 104 bytes each.
public struct PaymentSimulator: Sequence, IteratorProtocol, Sendable {
    private let settings: SimulationSettings
    private var day: PaymentDay
    private var place = 0
    private var rates: [RateChange]
    private var faults: FaultInjector
    private var labels = DueQueue<FraudLabel>()
    private var delayed = DueQueue<Payment>()
    private let labelSeed: UInt64

    public init(
        _ settings: SimulationSettings = SimulationSettings(), seed: UInt64, faults: [Fault] = []
    ) throws(SimulationError) {
        try settings.validate()
        self.settings = settings
        self.faults = try FaultInjector(faults, seed: seed)
        rates = self.faults.rates
        day = PaymentDay(settings, seed: seed)
        var random = SeededRandom(seed: seed, stream: Stream.labels)
        labelSeed = random.next()
    }

    /// The next record to send; of one time, labels come first, then what was delayed. Nil once the
    /// days are over and everything that waited has been sent. Amortised O(log waiting).
    public mutating func next() -> SimulatedRecord? {
        while true {
            let paymentDue = nextPaymentMillis() ?? .max
            let labelDue = labels.nextDueMillis ?? .max
            let delayedDue = delayed.nextDueMillis ?? .max
            if labelDue <= delayedDue, labelDue <= paymentDue, let label = labels.removeFirst() {
                return .label(label)
            }
            if delayedDue <= paymentDue, let payment = delayed.removeFirst() {
                return .payment(payment, sentMillis: delayedDue)
            }
            guard place < day.payments.count else { return nil }
            place += 1
            if let record = send(day.payments[place - 1]) { return record }
        }
    }

    /// The stream ends after so many days without a payment (no terminal near anyone, or silence).
    private static let emptyDaysMax = 1_000

    /// The time of the next payment drawn; draws further days as needed.
    private mutating func nextPaymentMillis() -> Int64? {
        var emptyDays = 0
        while place == day.payments.count {
            place = 0
            guard emptyDays <= Self.emptyDaysMax, day.advance(&rates) else { return nil }
            emptyDays += 1
        }
        return day.payments[place].timeMillis
    }

    /// Sends the payment now, or puts it off; in either case its label and duplicate wait.
    private mutating func send(_ drawn: Payment) -> SimulatedRecord? {
        let outcome = faults.outcome(of: drawn)
        queueLabel(of: drawn, outcome)
        if let delay = outcome.duplicateDelayMillis {
            let due = drawn.timeMillis + outcome.delayMillis + delay
            delayed.insert(outcome.payment, dueMillis: due)
        }
        guard outcome.delayMillis > 0 else {
            return .payment(outcome.payment, sentMillis: drawn.timeMillis)
        }
        delayed.insert(outcome.payment, dueMillis: drawn.timeMillis + outcome.delayMillis)
        return nil
    }

    private mutating func queueLabel(of drawn: Payment, _ outcome: FaultInjector.Outcome) {
        guard settings.labels == .every || drawn.scenario != .genuine else { return }
        let due =
            drawn.timeMillis + settings.labelDelayMillis + labelSpread(of: drawn.id)
            + outcome.labelDelayMillis
        labels.insert(
            FraudLabel(
                payment: drawn.id, customer: drawn.customer, scenario: drawn.scenario,
                timeMillis: due),
            dueMillis: due)
    }

    /// Uniform in 0…`labelSpreadMillis`, and the same whatever became of other payments.
    private func labelSpread(of id: Int64) -> Int64 {
        let spread = UInt64(settings.labelSpreadMillis) + 1
        let random = StableHash.mix(UInt64(id) ^ labelSeed)
        return Int64(random.multipliedFullWidth(by: spread).high)
    }
}
