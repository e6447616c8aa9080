internal import Bytes

/// Draws the payments of one day after another, each day from a random stream of its own.
///
/// Memory: 88 bytes for each of one day's payments, twice.
struct PaymentDay: Sendable {
    /// The day's payments in order of time, then of customer.
    private(set) var payments: [Payment] = []

    private let settings: SimulationSettings
    private let population: Population
    private var compromises: Compromises
    private let seed: UInt64
    private var nextDay = 0
    private var nextId: Int64 = 0
    private var nextExtraId = Self.firstExtraId
    private var drafts: [Payment] = []
    private var order: [UInt64] = []

    /// Ids of payments that only the fault `rate` made, so that it changes no other payment's id.
    static let firstExtraId: Int64 = 1 << 40

    init(_ settings: SimulationSettings, seed: UInt64) {
        self.settings = settings
        self.seed = seed
        population = Population(settings, seed: seed)
        compromises = Compromises(settings, seed: seed)
    }

    /// Replaces `payments` by those of the next day; false when the days are over.
    mutating func advance(_ rates: inout [RateChange]) -> Bool {
        payments.removeAll(keepingCapacity: true)
        guard nextDay < settings.days ?? SimulationSettings.daysMax else { return false }
        compromises.begin(nextDay)
        draw(day: nextDay)
        putInOrder(firstId: nextId)
        nextId += Int64(payments.count)
        for place in rates.indices { apply(&rates[place]) }
        nextDay += 1
        return true
    }

    private func startMillis(ofDay day: Int) -> Int64 {
        settings.startMillis + Int64(day) * SimulationSettings.dayMillis
    }

    private mutating func draw(day: Int) {
        var random = SeededRandom(seed: seed, stream: Stream.payments &+ UInt64(day))
        drafts.removeAll(keepingCapacity: true)
        for customer in population.customers.indices {
            let mean = population.customers[customer].meanDailyPayments
            for _ in 0..<random.poisson(mean: mean) {
                guard let second = PaymentLaw.secondOfDay(&random),
                    let payment = payment(customer, day: day, second: second, &random)
                else { continue }
                drafts.append(payment)
            }
        }
    }

    private func payment(
        _ number: Int, day: Int, second: Int64, _ random: inout SeededRandom
    ) -> Payment? {
        let customer = population.customers[number]
        guard let terminal = population.terminal(near: customer, using: &random) else { return nil }
        let channel = PaymentLaw.channel(&random)
        var payment = Payment(
            id: 0,
            timeMillis: startMillis(ofDay: day) + second * 1_000,
            customer: Int32(number), terminal: terminal.number,
            amount: PaymentLaw.amount(mean: customer.meanAmount, &random),
            customerPosition: customer.position, terminalPosition: terminal.position,
            merchantCategory: terminal.category, channel: channel,
            device: PaymentLaw.device(channel, &random), scenario: .genuine)
        decideFraud(&payment, day: day, &random)
        return payment
    }

    /// The handbook's three scenarios; the last that applies names the payment. Beyond the
    /// handbook, four in five of the payments with a stolen card are online.
    private func decideFraud(_ payment: inout Payment, day: Int, _ random: inout SeededRandom) {
        if payment.amount > Self.largeAmount { payment.scenario = .largeAmount }
        if compromises.terminalIsCompromised(payment.terminal, on: day) {
            payment.scenario = .terminalCompromised
        }
        guard compromises.cardIsCompromised(Int(payment.customer), on: day),
            random.happens(1.0 / 3)
        else { return }
        payment.scenario = .cardCompromised
        payment.amount = PaymentLaw.toCents(payment.amount * 5)
        payment.channel = random.happens(0.8) ? .online : payment.channel
        payment.device = PaymentLaw.device(payment.channel, &random)
    }

    static let largeAmount = 220.0

    /// Fills `payments` from `drafts`, ordered by time, then as drawn.
    private mutating func putInOrder(firstId: Int64) {
        order.removeAll(keepingCapacity: true)
        for (place, draft) in drafts.enumerated() {
            let second = UInt64((draft.timeMillis - settings.startMillis) / 1_000)
            order.append(second << 32 | UInt64(place))
        }
        order.sort()
        for (offset, key) in order.enumerated() {
            var payment = drafts[Int(key & 0xffff_ffff)]
            payment.id = firstId + Int64(offset)
            payments.append(payment)
        }
    }

    /// Keeps or repeats the payments within the change; the others and all ids stay.
    private mutating func apply(_ change: inout RateChange) {
        let dayStart = startMillis(ofDay: nextDay)
        let span = change.span.clamped(to: dayStart..<startMillis(ofDay: nextDay + 1))
        guard !span.isEmpty else { return }
        drafts.removeAll(keepingCapacity: true)
        for payment in payments {
            guard span.contains(payment.timeMillis) else {
                drafts.append(payment)
                continue
            }
            for copy in 0..<change.copies() {
                drafts.append(copy == 0 ? payment : extra(like: payment, within: span, &change))
            }
        }
        drafts.sort { ($0.timeMillis, $0.id) < ($1.timeMillis, $1.id) }
        swap(&payments, &drafts)
    }

    /// Another payment by the same customer: own time within half an hour, terminal and amount.
    private mutating func extra(
        like payment: Payment, within span: Range<Int64>, _ change: inout RateChange
    ) -> Payment {
        let shift = Int64(change.random.index(below: 3_600) - 1_800) * 1_000
        let wanted = payment.timeMillis + shift
        let customer = Int(payment.customer)
        var copy = payment
        if span.contains(wanted) { copy.timeMillis = wanted }
        let mean = population.customers[customer].meanAmount
        copy.amount = PaymentLaw.amount(mean: mean, &change.random)
        if let terminal = population.terminal(
            near: population.customers[customer], using: &change.random)
        {
            copy.terminal = terminal.number
            copy.terminalPosition = terminal.position
            copy.merchantCategory = terminal.category
        }
        copy.channel = PaymentLaw.channel(&change.random)
        copy.device = PaymentLaw.device(copy.channel, &change.random)
        copy.scenario = .genuine
        decideFraud(&copy, day: nextDay, &change.random)
        copy.id = nextExtraId
        nextExtraId += 1
        return copy
    }
}

/// The fault `rate` at work.
struct RateChange: Sendable {
    let span: Range<Int64>
    /// Payments for each one drawn: 0 none, 1 as many, 2.5 two or three.
    let factor: Double
    var random: SeededRandom

    mutating func copies() -> Int {
        let whole = Int(factor)
        return whole + (random.happens(factor - Double(whole)) ? 1 : 0)
    }
}
