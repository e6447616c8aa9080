/// An instant on the proleptic Gregorian calendar, in UTC, without leap seconds.
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
    var dayOfYear: Int64 {
        days - CivilDate(year: date.year, month: 1, day: 1).daysSinceEpoch + 1
    }

    var date: CivilDate { CivilDate(daysSinceEpoch: days) }
}
