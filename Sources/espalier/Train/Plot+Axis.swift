internal import Glibc

extension Plot {
    /// The span of one axis, in logarithms where it is logarithmic.
    struct Axis {
        let low: Double
        let high: Double
        let scale: Scale

        /// Of values that a logarithm has no place for a logarithmic one knows nothing.
        init?(_ values: [Double], _ scale: Scale) {
            let usable = scale == .logarithmic ? values.filter { $0 > 0 }.map { log10($0) } : values
            guard let low = usable.min(), let high = usable.max() else { return nil }
            let rim = high > low ? 0.03 * (high - low) : max(abs(low) * 0.1, 1e-9)
            (self.low, self.high, self.scale) = (low - rim, high + rim, scale)
        }

        func part(_ value: Double) -> Double {
            let place = scale == .logarithmic ? log10(max(value, 1e-300)) : value
            return (place - low) / (high - low)
        }

        func value(_ place: Double) -> Double { scale == .logarithmic ? pow(10, place) : place }

        /// Round numbers across the span.
        var ticks: [Double] {
            guard scale == .logarithmic else {
                return Self.steps(low, high, isWhole: scale == .whole)
            }
            let decades = Int(floor(low))...Int(ceil(high))
            for digits in [[1.0], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]] {
                let numbers = decades.flatMap { decade in
                    digits.map { $0 * pow(10, Double(decade)) }
                }
                .filter { log10($0) >= low && log10($0) <= high }
                if (3...12).contains(numbers.count) { return numbers }
            }
            return Self.steps(value(low), value(high), isWhole: false)
        }

        /// Multiples of 1, 2 or 5 times a power of ten.
        private static func steps(_ low: Double, _ high: Double, isWhole: Bool) -> [Double] {
            let rough = max((high - low) / 5, isWhole ? 1 : 0)
            let unit = pow(10, floor(log10(rough)))
            let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 >= rough } ?? rough
            let first = (low / step).rounded(.up)
            let count = Int((high / step).rounded(.down) - first) + 1
            return (0..<max(0, min(count, 12))).map { (first + Double($0)) * step }
        }

        /// The number without zeros that say nothing.
        static func text(of tick: Double) -> String {
            let parts = Numerals.significant(tick, 6).split(separator: "e")
            var digits = parts[0]
            if digits.contains(".") {
                while digits.hasSuffix("0") { digits = digits.dropLast() }
                if digits.hasSuffix(".") { digits = digits.dropLast() }
            }
            return parts.count > 1 ? "\(digits)e\(parts[1])" : String(digits)
        }
    }
}
