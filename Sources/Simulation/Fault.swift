/// Something that goes wrong with payments of a span of event time.
public struct Fault: Equatable, Sendable {
    /// What goes wrong. Durations are milliseconds.
    public enum Kind: Equatable, Sendable {
        /// The number is moved by a constant, in its own unit.
        case shift(NumberField, by: Double)
        /// The message leaves the field out.
        case missing(PaymentField)
        /// The amount is multiplied, as when cents are sent for euros: 1,000 unless said otherwise.
        case unit(factor: Double = 1_000)
        /// A value never seen before.
        case newCategory(TextField)
        /// The message is sent again, unchanged, within this time.
        case duplicate(withinMillis: Int64)
        /// The message is sent later by up to this time, and keeps its event time.
        case late(upToMillis: Int64)
        /// The message is cut short or replaced by garbage; never valid JSON.
        case corrupt
        /// So many payments for each one; 0 is silence.
        case rate(factor: Double)
        /// Labels of these payments come later by this time.
        case labelDelay(byMillis: Int64)
    }

    public var kind: Kind
    /// Event times from the first up to, not including, the second.
    public var fromMillis: Int64
    public var toMillis: Int64
    /// The share of the span's payments that it befalls, 0 to 1. `rate` befalls all.
    public var share: Double

    public init(_ kind: Kind, fromMillis: Int64, toMillis: Int64, share: Double = 1) {
        self.kind = kind
        self.fromMillis = fromMillis
        self.toMillis = toMillis
        self.share = share
    }

    var span: Range<Int64> { fromMillis..<max(fromMillis, toMillis) }
}

/// A number that a fault can shift; the raw value is its name in the message.
public enum NumberField: String, CaseIterable, Sendable {
    case amount
    case customerLatitude = "customer_lat"
    case customerLongitude = "customer_lon"
    case terminalLatitude = "terminal_lat"
    case terminalLongitude = "terminal_lon"
}

/// A text for which a fault can bring a new value; the raw value is its name in the message.
public enum TextField: String, CaseIterable, Sendable {
    case merchantCategory = "merchant_category"
    case channel, device
}

extension Fault {
    /// - Parameter index: the fault's place in the list, for the error.
    func validate(index: Int) throws(SimulationError) {
        func check(
            _ quantity: String, _ found: Double, _ allowed: ClosedRange<Double>
        ) throws(SimulationError) {
            guard allowed.contains(found) else {
                throw .faultOutOfRange(
                    index: index, quantity: quantity, found: found, allowed: allowed)
            }
        }
        let year = 366 * Double(SimulationSettings.dayMillis)
        try check("share", share, 0...1)
        switch kind {
        case .shift(_, let change): try check("by", change, -1e9...1e9)
        case .unit(let factor): try check("factor", factor, 1e-9...1e9)
        case .rate(let factor): try check("factor", factor, 0...100)
        case .duplicate(let millis): try check("withinMillis", Double(millis), 0...year)
        case .late(let millis): try check("upToMillis", Double(millis), 1...year)
        case .labelDelay(let millis): try check("byMillis", Double(millis), 0...year)
        case .missing, .newCategory, .corrupt: break
        }
    }
}
