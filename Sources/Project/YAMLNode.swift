/// A place in the file; both count from 1, the column in Unicode code points.
struct Position: Equatable {
    var line: Int
    var column: Int

    static let start = Position(line: 1, column: 1)
}

/// A value of the file and where it begins.
struct YAMLNode {
    enum Content {
        case scalar(String, Style)
        case list([YAMLNode])
        /// In the order of the file, no key twice.
        case map([Entry])
    }

    struct Entry {
        let key: String
        let keyPosition: Position
        let value: YAMLNode
    }

    /// How a scalar is written.
    enum Style {
        case plain, singleQuoted, doubleQuoted
        /// After `|` or `>`.
        case block
    }

    let position: Position
    let content: Content

    /// What a plain scalar means; one in quotes is always a text.
    enum Meaning: Equatable {
        case nothing
        case bool(Bool)
        case number(Double)
        case text(String)
        case list, map
    }

    var meaning: Meaning {
        switch content {
        case .list: return .list
        case .map: return .map
        case .scalar(let text, let style):
            guard style == .plain else { return .text(text) }
            if ["", "~", "null"].contains(text) { return .nothing }
            if text == "true" || text == "false" { return .bool(text == "true") }
            return Self.number(text).map { .number($0) } ?? .text(text)
        }
    }

    /// A decimal number as YAML's core schema writes it, or nil.
    private static func number(_ text: String) -> Double? {
        let allowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || [
                    UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
                    UInt8(ascii: "-"),
                ].contains(byte)
        }
        return allowed ? Double(text) : nil
    }

    /// The scalar as it is written, whatever it means.
    var scalar: String? {
        if case .scalar(let text, _) = content { return text }
        return nil
    }

    /// For an error: `text `x``, `a list`.
    var description: String {
        switch meaning {
        case .nothing: "nothing"
        case .bool(let bool): "`\(bool)`"
        case .number: "number `\(Self.quoted(scalar ?? ""))`"
        case .text(let text): "text `\(Self.quoted(text))`"
        case .list: "a list"
        case .map: "a map"
        }
    }

    private static let quotedCharactersMax = 40

    private static func quoted(_ text: String) -> String {
        text.count <= quotedCharactersMax ? text : text.prefix(quotedCharactersMax) + "…"
    }
}
