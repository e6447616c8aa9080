internal import Bytes

/// How time, amount and means of one payment are drawn.
enum PaymentLaw {
    /// N(43,200, 20,000) seconds; the 3 % outside the day are no payment, as in the handbook.
    static func secondOfDay(_ random: inout SeededRandom) -> Int64? {
        let second = 43_200 + 20_000 * random.normal()
        return second >= 1 && second < 86_400 ? Int64(second) : nil
    }

    /// N(mean, mean/2), or uniform in 0…2·mean where that is negative; to two decimals.
    static func amount(mean: Double, _ random: inout SeededRandom) -> Double {
        let drawn = mean + mean / 2 * random.normal()
        return toCents(drawn >= 0 ? drawn : 2 * mean * random.uniform())
    }

    static func toCents(_ amount: Double) -> Double { (amount * 100).rounded() / 100 }

    /// The handbook has no channels: 40 % chip, 35 % contactless, 20 % online, 5 % magnetic stripe.
    static func channel(_ random: inout SeededRandom) -> Channel {
        switch random.index(below: 20) {
        case ..<8: .chip
        case ..<15: .contactless
        case ..<19: .online
        default: .magstripe
        }
    }

    static func device(_ channel: Channel, _ random: inout SeededRandom) -> Device {
        guard channel == .online else { return .terminal }
        return switch random.index(below: 10) {
        case ..<4: .android
        case ..<7: .ios
        default: .desktop
        }
    }
}
