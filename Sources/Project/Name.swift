internal import Events

/// Names that expressions can use: words of letters, digits and underscores, joined by dots.
enum Name {
    static let charactersMax = 128

    static func isValid(_ name: String) -> Bool {
        let words = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return name.utf8.count <= charactersMax
            && words.allSatisfy { word in
                word.first.map(startsWord) == true
                    && word.allSatisfy { startsWord($0) || isDigit($0) }
            } && !Expression.reservedWords.contains(name)
    }

    /// Adds a problem unless the key can be a name.
    ///
    /// - Parameter reserved: names that mean something already, and what.
    static func check(
        _ entry: YAMLNode.Entry, _ what: String, reserved: [String: String],
        _ problems: inout Problems
    ) {
        if !isValid(entry.key) {
            problems.add(
                at: entry.keyPosition, found: "\(what) `\(entry.key)`",
                expected: "a name of letters, digits and `_`, in words joined by `.`, such as "
                    + "card.country, to \(charactersMax) characters")
        } else if let meaning = reserved[entry.key] {
            problems.add(
                at: entry.keyPosition, found: "\(what) `\(entry.key)`",
                expected: "another name: `\(entry.key)` is \(meaning)")
        }
    }

    private static func startsWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
