internal import Bytes

/// Applies the faults to one payment after another, each fault from a random stream of its own:
/// what one fault does neither moves another nor the payments themselves.
struct FaultInjector: Sendable {
    /// When to send what of a payment.
    struct Outcome {
        var payment: Payment
        /// Milliseconds after the payment's time.
        var delayMillis: Int64 = 0
        var duplicateDelayMillis: Int64?
        var labelDelayMillis: Int64 = 0
    }

    private let faults: [Fault]
    private var randoms: [SeededRandom]
    /// The changes of rate, which are for `PaymentDay` to apply.
    let rates: [RateChange]

    init(_ faults: [Fault], seed: UInt64) throws(SimulationError) {
        var rates: [RateChange] = []
        for (index, fault) in faults.enumerated() {
            try fault.validate(index: index)
            if case .rate(let factor) = fault.kind {
                let random = SeededRandom(seed: seed, stream: Stream.faults &+ UInt64(index))
                rates.append(RateChange(span: fault.span, factor: factor, random: random))
            }
        }
        self.faults = faults
        self.rates = rates
        randoms = faults.indices.map {
            SeededRandom(seed: seed, stream: Stream.faults &+ UInt64($0))
        }
    }

    mutating func outcome(of payment: Payment) -> Outcome {
        var outcome = Outcome(payment: payment)
        for index in faults.indices where faults[index].span.contains(payment.timeMillis) {
            if randoms[index].happens(faults[index].share) {
                Self.apply(faults[index].kind, to: &outcome, &randoms[index])
            }
        }
        return outcome
    }

    private static func apply(
        _ kind: Fault.Kind, to outcome: inout Outcome, _ random: inout SeededRandom
    ) {
        switch kind {
        case .shift(let field, let change): shift(field, by: change, in: &outcome.payment)
        case .missing(let field): outcome.payment.missing.insert(field)
        case .unit(let factor):
            outcome.payment.amount = round(outcome.payment.amount * factor, to: 100)
        case .newCategory(let field): renew(field, in: &outcome.payment)
        case .corrupt: outcome.payment.corruptionSeed = random.next()
        case .duplicate(let within):
            outcome.duplicateDelayMillis = Int64(random.index(below: Int(within) + 1))
        case .late(let upTo): outcome.delayMillis += 1 + Int64(random.index(below: Int(upTo)))
        case .labelDelay(let more): outcome.labelDelayMillis += more
        case .rate: break
        }
    }

    private static func shift(_ field: NumberField, by change: Double, in payment: inout Payment) {
        func move(_ number: inout Double, to parts: Double) {
            number = round(number + change, to: parts)
        }
        switch field {
        case .amount: move(&payment.amount, to: 100)
        case .customerLatitude: move(&payment.customerPosition.latitude, to: 10_000)
        case .customerLongitude: move(&payment.customerPosition.longitude, to: 10_000)
        case .terminalLatitude: move(&payment.terminalPosition.latitude, to: 10_000)
        case .terminalLongitude: move(&payment.terminalPosition.longitude, to: 10_000)
        }
    }

    /// The multiple of 1/`parts` nearest to `number`, so that its text stays short.
    private static func round(_ number: Double, to parts: Double) -> Double {
        (number * parts).rounded() / parts
    }

    private static func renew(_ field: TextField, in payment: inout Payment) {
        switch field {
        case .merchantCategory: payment.merchantCategory = .cryptocurrency
        case .channel: payment.channel = .voice
        case .device: payment.device = .watch
        }
    }
}
