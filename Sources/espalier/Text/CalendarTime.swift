internal import ArgumentParser

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
            date[0] >= 1970, let day = Self.days(date[0], date[1], date[2])
        else { return nil }
        var seconds: Int64 = 0
        if parts.count == 2 {
            guard let clock = Self.numbers(parts[1], by: ":", widths: [2, 2, 2]) else { return nil }
            guard clock[0] < 24, clock[1] < 60, clock[2] < 60 else { return nil }
            seconds = (clock[0] * 60 + clock[1]) * 60 + clock[2]
        }
        millis = (day * 86_400 + seconds) * 1_000
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

    /// Days from 1970-01-01 (Hinnant 2014, `days_from_civil`), or nil when there is no such day.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let y = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
        let (foundYear, foundMonth, foundDay) = civil(days)
        return foundYear == year && foundMonth == month && foundDay == day ? days : nil
    }

    /// The date of a day since 1970-01-01 (Hinnant 2014, `civil_from_days`).
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let m = (5 * dayOfYear + 2) / 153
        let month = m < 10 ? m + 3 : m - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * m + 2) / 5 + 1)
    }

    /// `2018-05-01 06:30:15`
    var text: String {
        let seconds = millis >= 0 ? millis / 1_000 : (millis - 999) / 1_000
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = Self.civil(days)
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(year)-\(two(month))-\(two(day)) "
            + "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }

    /// `2018-05-01T06:30:15Z` (RFC 3339), for programs.
    var rfc3339: String { text.replacing(" ", with: "T") + "Z" }
}
