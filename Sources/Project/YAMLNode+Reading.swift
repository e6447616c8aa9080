internal import Bytes

/// Typed values of scalars; each gives nil, and adds a problem, when the scalar is none.
extension YAMLNode {
    func text(_ expected: String, _ problems: inout Problems) -> String? {
        if case .text(let text) = meaning, !text.isEmpty { return text }
        problems.add(at: position, found: description, expected: expected)
        return nil
    }

    func bool(_ problems: inout Problems) -> Bool? {
        if case .bool(let bool) = meaning { return bool }
        let meant = ["yes": "true", "on": "true", "no": "false", "off": "false"]
        problems.add(
            at: position, found: description, expected: "`true` or `false`",
            suggestion: meant[scalar?.lowercased() ?? ""])
        return nil
    }

    func number(
        _ expected: String, where holds: (Double) -> Bool = { _ in true },
        _ problems: inout Problems
    ) -> Double? {
        if case .number(let number) = meaning, number.isFinite, holds(number) { return number }
        problems.add(at: position, found: description, expected: expected)
        return nil
    }

    func integer(in range: ClosedRange<Int>, _ problems: inout Problems) -> Int? {
        if case .number(let number) = meaning, let integer = Int(exactly: number),
            range.contains(integer)
        {
            return integer
        }
        problems.add(
            at: position, found: description,
            expected: "an integer of \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// A size such as `2GiB`.
    func byteCount(atLeast least: Int, _ problems: inout Problems) -> Int? {
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)]
        if case .text(let text) = meaning,
            let (unit, size) = units.first(where: { text.hasSuffix($0.0) }),
            let count = Int(text.dropLast(unit.count)), count < 1 << 20, count * size >= least
        {
            return count * size
        }
        problems.add(
            at: position, found: description,
            expected: "a size of at least \(least >> 20)MiB, such as 512MiB or 4GiB")
        return nil
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type, _ problems: inout Problems
    ) -> Choice? where Choice.RawValue == String {
        if let text = scalar, let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        problems.add(
            at: position, found: description,
            expected: "one of " + names.map { "`\($0)`" }.joined(separator: ", "),
            suggestion: scalar.flatMap { NearestName.of($0, among: names) })
        return nil
    }

    /// About 100 years, in milliseconds.
    static let durationMillisMax: Int64 = 36_500 * 86_400_000

    /// Milliseconds of a duration such as `7d`, `12h`, `30m`, `45s` or `250ms`.
    func duration(atLeast millisMin: Int64, _ problems: inout Problems) -> Int64? {
        if case .text(let text) = meaning, let millis = Self.millis(text),
            (millisMin...Self.durationMillisMax).contains(millis)
        {
            return millis
        }
        let least = millisMin > 0 ? " of at least \(millisMin)ms" : ""
        problems.add(
            at: position, found: description,
            expected: "a duration\(least) such as 7d, 12h, 30m, 45s or 250ms, to 36500d")
        return nil
    }

    private static func millis(_ text: String) -> Int64? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let units: [Substring: Int64] = [
            "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
        ]
        guard let count = Int64(digits), let unit = units[text[digits.endIndex...]] else {
            return nil
        }
        let (millis, overflows) = count.multipliedReportingOverflow(by: unit)
        return overflows ? nil : millis
    }

    /// A Kafka topic's name.
    func topic(_ problems: inout Problems) -> String? {
        let expected = "a topic's name: 1 to 249 letters, digits, `.`, `_` and `-`"
        guard let name = text(expected, &problems) else { return nil }
        if name.utf8.count <= 249, name.utf8.allSatisfy(Self.isTopicByte), name != ".", name != ".."
        {
            return name
        }
        problems.add(at: position, found: description, expected: expected)
        return nil
    }

    private static func isTopicByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
