extension Numerals {
    /// With so many digits that count: `0.00141`, `3.2e-07`.
    static func significant(_ value: Double, _ digits: Int = 3) -> String {
        guard value.isFinite else { return "–" }
        guard value != 0 else { return "0" }
        var exponent = 0
        var scaled = abs(value)
        while scaled >= 10, exponent < 400 {
            scaled /= 10
            exponent += 1
        }
        while scaled < 1, exponent > -400 {
            scaled *= 10
            exponent -= 1
        }
        let sign = value < 0 ? "-" : ""
        if (-5..<6).contains(exponent) {
            return fixed(value, max(0, digits - 1 - exponent))
        }
        return sign + fixed(scaled, digits - 1) + "e\(exponent)"
    }
}
