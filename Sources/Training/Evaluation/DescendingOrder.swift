/// Numbers from the greatest to the least, equal ones as they stood: a radix sort of eight bits at
/// a time. O(n).
///
/// Memory: 24 bytes a number.
struct DescendingOrder {
    /// Places of the numbers in their order.
    private(set) var places: [UInt32]

    private static let bits = 8
    /// Values of a digit.
    private static let radix = 256
    private static let digits = 8

    /// - Precondition: finite numbers, of which there are fewer than 2³².
    init(of values: [Double]) {
        precondition(values.count <= Int(UInt32.max), "\(values.count) numbers")
        var keys = values.map(Self.key)
        let counts = Self.counts(keys)
        places = values.indices.map { UInt32($0) }
        var (nextKeys, nextPlaces) = (keys, places)
        for digit in 0..<Self.digits {
            let all = counts[digit * Self.radix..<(digit + 1) * Self.radix]
            guard !all.contains(keys.count) else { continue }
            var starts = Self.starts(all)
            for (key, place) in zip(keys, places) {
                let value = Self.value(of: digit, key)
                nextKeys[starts[value]] = key
                nextPlaces[starts[value]] = place
                starts[value] += 1
            }
            swap(&keys, &nextKeys)
            swap(&places, &nextPlaces)
        }
    }

    /// Ascends as the number descends; the two zeros have the same.
    private static func key(_ value: Double) -> UInt64 {
        let bits = (value + 0).bitPattern
        return value < 0 ? bits : ~bits & ~(1 << 63)
    }

    private static func value(of digit: Int, _ key: UInt64) -> Int {
        Int(truncatingIfNeeded: key >> UInt64(digit * bits)) & (radix - 1)
    }

    /// Of every digit, how many keys have each of its values.
    private static func counts(_ keys: [UInt64]) -> [Int] {
        var counts = [Int](repeating: 0, count: digits * radix)
        for key in keys {
            for digit in 0..<digits { counts[digit * radix + value(of: digit, key)] += 1 }
        }
        return counts
    }

    /// Where the keys of each value begin.
    private static func starts(_ counts: ArraySlice<Int>) -> [Int] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return start
        }
    }
}
