internal import ArgumentParser

/// A span of event time as an option gives it: `2018-06-01..2018-07-01`, from the first up to, not
/// including, the second; either may be left out.
struct TimeSpan: Equatable, Sendable, ExpressibleByArgument {
    var fromMillis = Int64.min
    var toMillis = Int64.max

    static let expectation =
        "two times such as 2018-06-01..2018-07-01, either of which may be left out"

    /// All of time.
    init() {}

    init?(argument: String) {
        guard let dots = argument.firstRange(of: "..") else { return nil }
        for (text, isStart) in [
            (argument[..<dots.lowerBound], true), (argument[dots.upperBound...], false),
        ] where !text.isEmpty {
            guard let time = CalendarTime(text) else { return nil }
            if isStart { fromMillis = time.millis } else { toMillis = time.millis }
        }
        guard fromMillis < toMillis else { return nil }
    }

    var range: Range<Int64> { fromMillis..<toMillis }

    func contains(_ millis: Int64) -> Bool { millis >= fromMillis && millis < toMillis }
}
