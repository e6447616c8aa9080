/// An instant on the proleptic Gregorian calendar, in UTC, without leap seconds. Integers only.
///
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), `civil_from_days`
/// and `days_from_civil`: years begin on 1 March, and 400 of them are one era of 146,097 days.
struct CivilTime {
    /// Days since 1970-01-01, rounded down.
    private let days: Int64
    /// 0 … 86,399,999.
    private let millisOfDay: Int64

    private static let millisPerDay: Int64 = 86_400_000

    /// - Parameter millis: since the Unix epoch.
    init(millis: Int64) {
        let quotient = millis.quotientAndRemainder(dividingBy: Self.millisPerDay)
        let isBefore = quotient.remainder < 0
        days = quotient.quotient - (isBefore ? 1 : 0)
        millisOfDay = quotient.remainder + (isBefore ? Self.millisPerDay : 0)
    }

    var hour: Int64 { millisOfDay / 3_600_000 }
    var minute: Int64 { millisOfDay / 60_000 % 60 }
    var second: Int64 { millisOfDay / 1_000 % 60 }

    /// Monday = 1 … Sunday = 7 (ISO 8601). 1970-01-01 was a Thursday.
    var weekday: Int64 {
        let sinceMonday = (days + 3) % 7
        return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1
    }

    /// 1 … 366.
    var dayOfYear: Int64 { days - Self.daysToNewYear(of: date.year) + 1 }

    /// Month 1 … 12, day 1 … 31.
    var date: (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        let day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Days from 1970-01-01 to 1 January of the year.
    private static func daysToNewYear(of year: Int64) -> Int64 {
        let marchYear = year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let januaryFromMarch: Int64 = 306
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + januaryFromMarch
        return era * 146_097 + dayOfEra - 719_468
    }
}
