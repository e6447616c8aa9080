/// What a merchant sells; fixed for each terminal.
public enum MerchantCategory: UInt8, CaseIterable, Sendable {
    case grocery, restaurant, fuel, clothing, pharmacy, electronics, travel, leisure
    /// Appears only through the fault `newCategory`.
    case cryptocurrency

    var text: StaticString {
        switch self {
        case .grocery: "grocery"
        case .restaurant: "restaurant"
        case .fuel: "fuel"
        case .clothing: "clothing"
        case .pharmacy: "pharmacy"
        case .electronics: "electronics"
        case .travel: "travel"
        case .leisure: "leisure"
        case .cryptocurrency: "cryptocurrency"
        }
    }
}

/// How the card was read.
public enum Channel: UInt8, CaseIterable, Sendable {
    case chip, contactless, online, magstripe
    /// Appears only through the fault `newCategory`.
    case voice

    var text: StaticString {
        switch self {
        case .chip: "chip"
        case .contactless: "contactless"
        case .online: "online"
        case .magstripe: "magstripe"
        case .voice: "voice"
        }
    }
}

/// What the customer paid with: a terminal in the shop, or for `Channel.online` a device.
public enum Device: UInt8, CaseIterable, Sendable {
    case terminal, android, ios, desktop
    /// Appears only through the fault `newCategory`.
    case watch

    var text: StaticString {
        switch self {
        case .terminal: "terminal"
        case .android: "android"
        case .ios: "ios"
        case .desktop: "desktop"
        case .watch: "watch"
        }
    }
}

/// Why a payment is fraudulent, numbered as in the handbook.
public enum FraudScenario: UInt8, Sendable {
    case genuine, largeAmount, terminalCompromised, cardCompromised
}

/// A field of a payment's message; the raw value is its name there. In the messages' order.
public enum PaymentField: String, CaseIterable, Sendable {
    case transactionId = "transaction_id"
    /// Milliseconds since the epoch, in whole seconds.
    case timestamp
    case customerId = "customer_id"
    case terminalId = "terminal_id"
    case amount
    case merchantCategory = "merchant_category"
    case channel, device
    /// Degrees, to four decimals; one unit of the grid is 0.01°.
    case customerLatitude = "customer_lat"
    case customerLongitude = "customer_lon"
    case terminalLatitude = "terminal_lat"
    case terminalLongitude = "terminal_lon"
}

/// One card payment, with whatever faults have done to it.
public struct Payment: Equatable, Sendable {
    public var id: Int64
    public var timeMillis: Int64
    public var customer: Int32
    public var terminal: Int32
    /// In the currency's unit, to two decimals.
    public var amount: Double
    public var customerPosition: Coordinates
    public var terminalPosition: Coordinates
    public var merchantCategory: MerchantCategory
    public var channel: Channel
    public var device: Device
    /// The truth, decided before any fault.
    public var scenario: FraudScenario
    /// Fields that the message leaves out.
    public internal(set) var missing = MissingFields()
    /// Seed of the damage to the message's bytes; nil for an intact message.
    public internal(set) var corruptionSeed: UInt64?
}

/// A set of fields, one bit each.
public struct MissingFields: Equatable, Sendable {
    private var bits: UInt16 = 0

    func contains(_ field: PaymentField) -> Bool { bits & Self.bit(field) != 0 }

    mutating func insert(_ field: PaymentField) { bits |= Self.bit(field) }

    private static func bit(_ field: PaymentField) -> UInt16 {
        switch field {
        case .transactionId: 1
        case .timestamp: 1 << 1
        case .customerId: 1 << 2
        case .terminalId: 1 << 3
        case .amount: 1 << 4
        case .merchantCategory: 1 << 5
        case .channel: 1 << 6
        case .device: 1 << 7
        case .customerLatitude: 1 << 8
        case .customerLongitude: 1 << 9
        case .terminalLatitude: 1 << 10
        case .terminalLongitude: 1 << 11
        }
    }
}

/// A place on the Earth, degrees.
public struct Coordinates: Equatable, Sendable {
    public var latitude: Double
    public var longitude: Double
}

/// What became known of a payment, and when.
public struct FraudLabel: Equatable, Sendable {
    public var payment: Int64
    public var customer: Int32
    public var scenario: FraudScenario
    /// When it became known; later than the payment.
    public var timeMillis: Int64

    public var isFraud: Bool { scenario != .genuine }
}
