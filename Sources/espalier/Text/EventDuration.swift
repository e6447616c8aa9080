internal import ArgumentParser

/// A span of event time as an option gives it: a whole number and a unit, such as `7d` or `250ms`.
struct EventDuration: Equatable, Sendable, ExpressibleByArgument {
    let millis: Int64

    static let expectation = "a whole number and ms, s, m, h or d, such as 7d"

    private static let units: [(name: String, millis: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Nil for anything else, and beyond 1,000 years.
    init?(_ text: some StringProtocol) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        guard let count = Int64(digits), let scale = Self.units.first(where: { $0.name == unit })
        else { return nil }
        let (millis, overflows) = count.multipliedReportingOverflow(by: scale.millis)
        guard !overflows, millis <= 366_000 * 86_400_000 else { return nil }
        self.millis = millis
    }

    init?(argument: String) { self.init(argument) }

    /// In the largest unit that leaves no rest.
    static func text(_ millis: Int64) -> String {
        let unit = units.last { millis % $0.millis == 0 } ?? units[0]
        return "\(millis / unit.millis)\(unit.name)"
    }

    var defaultValueDescription: String { Self.text(millis) }
}

extension EventDuration {
    static let dayMillis: Int64 = 86_400_000
    static let none = EventDuration(millis: 0)
    static let week = EventDuration(millis: 7 * dayMillis)

    init(millis: Int64) { self.millis = millis }
}
