import Foundation

/// The declaration that a line of code begins.
struct Declaration: Equatable {
    let modifiers: Set<String>
    /// `struct`, `func`, `import`, …
    let keyword: String
    /// The declared name, or nothing for `init`, `deinit` and `subscript`.
    let name: String

    static let typeKeywords: Set<String> = [
        "struct", "class", "enum", "actor", "protocol", "typealias",
    ]
    private static let bodyKeywords: Set<String> = [
        "func", "init", "deinit", "subscript", "var",
    ]
    private static let otherKeywords: Set<String> = ["let", "import", "case", "extension"]
    private static let modifierWords: Set<String> = [
        "public", "package", "internal", "private", "fileprivate", "open", "final", "static",
        "class", "mutating", "nonmutating", "borrowing", "consuming", "override", "required",
        "convenience", "indirect", "lazy", "weak", "unowned", "nonisolated", "unsafe", "prefix",
        "postfix", "infix",
    ]

    var isType: Bool { Self.typeKeywords.contains(keyword) }
    var mayHaveBody: Bool { Self.bodyKeywords.contains(keyword) }

    /// - Parameter line: a line of `SourceFile.code`.
    init?(_ line: String) {
        var words = Self.words(of: line)
        var modifiers: Set<String> = []
        while let word = words.first, Self.modifierWords.contains(word) {
            if word == "class", let next = words.dropFirst().first,
                !Self.modifierWords.contains(next), !Self.bodyKeywords.contains(next)
            {
                break
            }
            modifiers.insert(word)
            words.removeFirst()
        }
        guard let keyword = words.first,
            Self.typeKeywords.contains(keyword) || Self.bodyKeywords.contains(keyword)
                || Self.otherKeywords.contains(keyword)
        else { return nil }
        self.modifiers = modifiers
        self.keyword = keyword
        name = words.dropFirst().first ?? ""
    }

    /// The words of a line without attributes, cut where a parameter list, a type or a body begins:
    /// `@inlinable public init?(_ x: Int)` gives `public`, `init`.
    private static func words(of line: String) -> [String] {
        var isInsideAttribute = false
        var words: [String] = []
        for part in line.split(separator: " ") {
            if isInsideAttribute || part.hasPrefix("@") {
                isInsideAttribute =
                    isInsideAttribute ? !part.contains(")") : part.contains("(") && part.last != ")"
                continue
            }
            let ends = Set("(:<{?!,")
            let word = part.prefix { !ends.contains($0) }
            words.append(String(word.isEmpty ? part.prefix(1) : word))
        }
        return words
    }
}

extension SourceFile {
    /// Every declaration that a line begins, with the line's index.
    var declarations: [(line: Int, declaration: Declaration)] {
        code.indices.compactMap { line in Declaration(code[line]).map { (line, $0) } }
    }

    /// The index of the line on which the body of the declaration ends; nil without a body.
    func endOfBody(from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for line in start..<code.count {
            for byte in code[line].utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where braces > 0:
                    braces -= 1
                    if braces == 0 { return line }
                case UInt8(ascii: "}") where parentheses == 0: return nil
                default: break
                }
            }
            if braces == 0, parentheses == 0, !signatureGoesOn(after: line) { return nil }
        }
        return nil
    }

    private func signatureGoesOn(after line: Int) -> Bool {
        let openEnds = [",", "->", "where", "=", ":"]
        let here = code[line].trimmingCharacters(in: .whitespaces)
        if openEnds.contains(where: here.hasSuffix) { return true }
        let starts = ["{", "->", "where ", "throws", "async", "&"]
        let next = code.dropFirst(line + 1).lazy.map { $0.trimmingCharacters(in: .whitespaces) }
            .first { !$0.isEmpty }
        return next.map { next in starts.contains { next.hasPrefix($0) } } ?? false
    }
}
