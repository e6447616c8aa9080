extension DistinctSketch {
    /// The number of distinct values, as estimated. O(registers).
    public var estimate: Double {
        let positionMax = 64 - precision
        var histogram = Array(repeating: 0.0, count: positionMax + 2)
        for register in registers { histogram[Int(register)] += 1 }
        let count = Double(registers.count)
        var z = count * Self.tau(1 - histogram[positionMax + 1] / count)
        for position in stride(from: positionMax, through: 1, by: -1) {
            z = 0.5 * (z + histogram[position])
        }
        z += count * Self.sigma(histogram[0] / count)
        return count * count / (2 * Self.logarithmOf2 * z)
    }

    private static let logarithmOf2 = 0.693_147_180_559_945_3

    /// `σ(x) = x + Σ x^(2^k) 2^(k-1)` for the registers still 0 (Ertl, eq. 13); infinite at 1.
    private static func sigma(_ x: Double) -> Double {
        guard x < 1 else { return .infinity }
        var (x, y, z, last) = (x, 1.0, x, -1.0)
        while z != last {
            x *= x
            last = z
            z += x * y
            y += y
        }
        return z
    }

    /// `τ(x) = (1 - x - Σ (1 - x^(2^-k))² 2^-k) / 3` for the registers at their end (Ertl, eq. 14).
    private static func tau(_ x: Double) -> Double {
        guard x > 0, x < 1 else { return 0 }
        var (x, y, z, last) = (x, 1.0, 1 - x, -1.0)
        while z != last {
            x = x.squareRoot()
            last = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
        }
        return z / 3
    }
}
