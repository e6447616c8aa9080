internal import Glibc

extension Expression {
    /// A step from one number or bool to another. Missing stays missing, and so becomes every
    /// result that is no finite number.
    enum Unary: BitwiseCopyable, Sendable {
        case negate, not, number
        case abs, sign, floor, ceil, round, sqrt, exp, log, log1p, log2, log10, sin, cos
        case weekday, hour, minute, second, day, month, year, dayOfYear
        case hash

        @inline(never)
        func callAsFunction(_ x: Double) -> Double {
            guard !x.isNaN else { return .nan }
            let result = result(x)
            return result.isFinite ? result : .nan
        }

        private func result(_ x: Double) -> Double {
            switch self {
            case .negate: -x
            case .not: 1 - x
            case .number: x
            case .abs: Swift.abs(x)
            case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
            case .floor: x.rounded(.down)
            case .ceil: x.rounded(.up)
            case .round: x.rounded(.toNearestOrAwayFromZero)
            case .sqrt: x.squareRoot()
            case .exp: Glibc.exp(x)
            case .log: Glibc.log(x)
            case .log1p: Glibc.log1p(x)
            case .log2: Glibc.log2(x)
            case .log10: Glibc.log10(x)
            case .sin: Glibc.sin(x)
            case .cos: Glibc.cos(x)
            case .hash: hashed(x)
            case .weekday, .hour, .minute, .second, .day, .month, .year, .dayOfYear: calendar(x)
            }
        }

        /// - Parameter time: milliseconds since the Unix epoch, to 100 million days on either side.
        private func calendar(_ time: Double) -> Double {
            let timeMax = 8.64e15
            guard Swift.abs(time) <= timeMax else { return .nan }
            let instant = CivilTime(millis: Int64(time.rounded(.down)))
            return switch self {
            case .weekday: Double(instant.weekday)
            case .hour: Double(instant.hour)
            case .minute: Double(instant.minute)
            case .second: Double(instant.second)
            case .day: Double(instant.date.day)
            case .month: Double(instant.date.month)
            case .year: Double(instant.date.year)
            default: Double(instant.dayOfYear)
            }
        }
    }
}
