internal import ArgumentParser
internal import Events

/// A moment in UTC as people write it: `2018-05-01`, `2018-05-01T06:30` or `2018-05-01T06:30:15Z`.
struct CalendarTime: Equatable, Sendable, ExpressibleByArgument {
    /// Milliseconds since the Unix epoch.
    let millis: Int64

    static let expectation = "a date such as 2018-05-01 or a time such as 2018-05-01T06:30Z"

    init(millis: Int64) { self.millis = millis }

    /// Nil for anything else, and for days that no month has.
    init?(_ text: some StringProtocol) {
        let bare = Substring(text.hasSuffix("Z") ? text.dropLast() : text[...])
        let parts = bare.split(separator: "T", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            let date = Self.numbers(parts[0], by: "-", widths: [4, 2, 2]),
            date[0] >= 1970
        else { return nil }
        let civil = CivilDate(year: date[0], month: date[1], day: date[2])
        guard civil.exists else { return nil }
        var seconds: Int64 = 0
        if parts.count == 2 {
            guard let clock = Self.numbers(parts[1], by: ":", widths: [2, 2, 2]) else { return nil }
            guard clock[0] < 24, clock[1] < 60, clock[2] < 60 else { return nil }
            seconds = (clock[0] * 60 + clock[1]) * 60 + clock[2]
        }
        millis = (civil.daysSinceEpoch * 86_400 + seconds) * 1_000
    }

    init?(argument: String) { self.init(argument) }

    var defaultValueDescription: String { text }

    /// Numbers of exactly these widths; the last may be left out, and is then 0.
    private static func numbers(
        _ text: Substring, by separator: Character, widths: [Int]
    ) -> [Int64]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let isWhole = parts.count == widths.count
        guard isWhole || (separator == ":" && parts.count == widths.count - 1) else { return nil }
        var numbers: [Int64] = []
        for (part, width) in zip(parts, widths) {
            guard part.utf8.count == width, part.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int64(part)
            else { return nil }
            numbers.append(number)
        }
        return isWhole ? numbers : numbers + [0]
    }

    /// `2018-05-01 06:30:15`
    var text: String {
        let seconds = millis >= 0 ? millis / 1_000 : (millis - 999) / 1_000
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let date = CivilDate(daysSinceEpoch: days)
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(date.year)-\(two(date.month))-\(two(date.day)) "
            + "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }

    /// `2018-05-01T06:30:15Z` (RFC 3339), for programs.
    var rfc3339: String { text.replacing(" ", with: "T") + "Z" }
}
