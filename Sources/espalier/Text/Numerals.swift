/// Numbers as people read them.
enum Numerals {
    /// `1303778` as `1,303,778`.
    static func grouped(_ value: some BinaryInteger) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0 && (digits.count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// With so many digits behind the point; `–` for what is not a number.
    static func fixed(_ value: Double?, _ digits: Int) -> String {
        guard let value, value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        // Where a unit of the last digit is finer than the number itself tells, zeros stand.
        guard abs(value) * scale < 9e18 else { return fixed(value, digits - 1) + "0" }
        let parts = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && parts > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(parts) }
        let fraction = String(parts % Int64(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(parts / Int64(scale)).\(zeros)\(fraction)"
    }

    /// Whole numbers without a fraction.
    static func plain(_ value: Double) -> String {
        abs(value) < 1e15 && value == value.rounded() ? String(Int64(value)) : "\(value)"
    }

    /// With a sign, as weights are shown.
    static func signed(_ value: Double, _ digits: Int) -> String {
        (value >= 0 ? "+" : "") + fixed(value, digits)
    }

    /// Per second, three digits: `412`, `38.2 k`, `1.06 M`.
    static func rate(_ perSecond: Double) -> String {
        "\(scaled(perSecond, 1_000, ["", " k", " M", " G"]))/s"
    }

    /// `918 B`, `4.20 MB` (thousands, not 1,024).
    static func bytes(_ count: Int) -> String {
        scaled(Double(count), 1_000, [" B", " kB", " MB", " GB", " TB"])
    }

    private static func scaled(_ value: Double, _ step: Double, _ units: [String]) -> String {
        var value = value
        var unit = 0
        while value >= 999.5 && unit < units.count - 1 {
            value /= step
            unit += 1
        }
        let digits = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
        return fixed(value, digits) + units[unit]
    }

    /// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `135 d 4 h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "–" }
        if seconds < 10 { return fixed(seconds, seconds < 1 ? 2 : 1) + " s" }
        let whole = Int64(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3_600: return "\(whole / 60) min" + rest(whole % 60, "s")
        case ..<86_400: return "\(whole / 3_600) h" + rest(whole % 3_600 / 60, "min")
        default: return "\(whole / 86_400) d" + rest(whole % 86_400 / 3_600, "h")
        }
    }

    private static func rest(_ count: Int64, _ unit: String) -> String {
        count > 0 ? " \(count) \(unit)" : ""
    }
}
