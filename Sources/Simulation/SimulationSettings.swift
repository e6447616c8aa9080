/// How many customers and terminals pay how, and when it is known what was fraud.
///
/// The defaults are those of the Fraud Detection Handbook's simulator (Le Borgne, Siblini,
/// Lebichot, Bontempi 2022, chapter 3): about 9,600 payments a day, 0.9 % of them fraudulent once
/// the first four weeks have passed.
public struct SimulationSettings: Equatable, Sendable {
    /// Which payments get a label.
    public enum Labels: String, CaseIterable, Sendable {
        case every
        /// Silence means genuine.
        case fraudsOnly
    }

    public var customers = 5_000
    public var terminals = 10_000
    /// A customer pays at terminals nearer than this, in units of a grid of 100 × 100.
    public var radius = 5.0
    /// Midnight of the first day, milliseconds since the epoch: 2018-04-01 UTC.
    public var startMillis: Int64 = 1_522_540_800_000
    /// The stream ends after this many days, once the labels are out. Nil: after a
    /// hundred years.
    public var days: Int?

    /// From a payment to its label, milliseconds: at least `labelDelayMillis`, and up to
    /// `labelSpreadMillis` more, uniformly.
    public var labelDelayMillis: Int64 = 7 * Self.dayMillis
    public var labelSpreadMillis: Int64 = 0
    public var labels = Labels.every

    /// Scenario 2: so many terminals are compromised every day, each for so many days.
    public var terminalsCompromisedDaily = 2
    public var terminalCompromiseDays = 28
    /// Scenario 3: so many customers' cards are compromised every day, each for so many days.
    public var cardsCompromisedDaily = 3
    public var cardCompromiseDays = 14
    /// Whether compromises began before the first day, so that fraud is at its usual rate at once.
    public var startsWarm = false

    /// The handbook's settings.
    public init() {}

    static let dayMillis: Int64 = 86_400_000
    static let daysMax = 36_600

    /// Throws for the first setting that is out of range.
    func validate() throws(SimulationError) {
        let year = 366 * Int(Self.dayMillis)
        try check("customers", customers, 1...1_000_000)
        try check("terminals", terminals, 1...1_000_000)
        // Years 1970 to 2200.
        try check("startMillis", Int(startMillis), 0...7_258_118_400_000)
        try check("days", days ?? 0, 0...Self.daysMax)
        try check("labelDelayMillis", Int(labelDelayMillis), 0...year)
        try check("labelSpreadMillis", Int(labelSpreadMillis), 0...year)
        try check("terminalsCompromisedDaily", terminalsCompromisedDaily, 0...10_000)
        try check("terminalCompromiseDays", terminalCompromiseDays, 0...366)
        try check("cardsCompromisedDaily", cardsCompromisedDaily, 0...10_000)
        try check("cardCompromiseDays", cardCompromiseDays, 0...366)
        guard (0.5...150).contains(radius) else {
            throw .radiusOutOfRange(found: radius, allowed: 0.5...150)
        }
    }

    private func check(
        _ setting: String, _ found: Int, _ allowed: ClosedRange<Int>
    ) throws(SimulationError) {
        guard allowed.contains(found) else {
            throw .settingOutOfRange(setting: setting, found: found, allowed: allowed)
        }
    }
}

/// Why a simulation cannot start.
public enum SimulationError: Error, Equatable, Sendable, CustomStringConvertible {
    case settingOutOfRange(setting: String, found: Int, allowed: ClosedRange<Int>)
    case radiusOutOfRange(found: Double, allowed: ClosedRange<Double>)
    /// The fault's place in the list.
    case faultOutOfRange(index: Int, quantity: String, found: Double, allowed: ClosedRange<Double>)

    public var description: String {
        switch self {
        case .settingOutOfRange(let setting, let found, let allowed):
            "\(setting): found \(found); expected \(allowed.lowerBound) to \(allowed.upperBound)"
        case .radiusOutOfRange(let found, let allowed):
            "radius: found \(found); expected \(allowed.lowerBound) to \(allowed.upperBound)"
        case .faultOutOfRange(let index, let quantity, let found, let allowed):
            "fault \(index + 1), \(quantity): found \(found); "
                + "expected \(allowed.lowerBound) to \(allowed.upperBound)"
        }
    }
}
