internal import Bytes

/// Which terminals and cards are in wrong hands on a day: the handbook's scenarios 2 and 3.
struct Compromises: Sendable {
    /// For each terminal and customer, the first day on which it is clean again.
    private var terminalCleanDay: [Int32]
    private var cardCleanDay: [Int32]
    private let settings: SimulationSettings
    private let seed: UInt64

    init(_ settings: SimulationSettings, seed: UInt64) {
        self.settings = settings
        self.seed = seed
        terminalCleanDay = Array(repeating: .min, count: settings.terminals)
        cardCleanDay = Array(repeating: .min, count: settings.customers)
        guard settings.startsWarm else { return }
        let longest = max(settings.terminalCompromiseDays, settings.cardCompromiseDays)
        for day in -longest..<0 { begin(day) }
    }

    /// Draws the day's new compromises. Days must come in order.
    mutating func begin(_ day: Int) {
        let stream = Stream.compromises &+ UInt64(bitPattern: Int64(day))
        var random = SeededRandom(seed: seed, stream: stream)
        for _ in 0..<settings.terminalsCompromisedDaily {
            let terminal = random.index(below: settings.terminals)
            terminalCleanDay[terminal] = Int32(day + settings.terminalCompromiseDays)
        }
        for _ in 0..<settings.cardsCompromisedDaily {
            let customer = random.index(below: settings.customers)
            cardCleanDay[customer] = Int32(day + settings.cardCompromiseDays)
        }
    }

    func terminalIsCompromised(_ terminal: Int32, on day: Int) -> Bool {
        day < terminalCleanDay[Int(terminal)]
    }

    func cardIsCompromised(_ customer: Int, on day: Int) -> Bool {
        day < cardCleanDay[customer]
    }
}
