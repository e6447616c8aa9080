extension Expression {
    /// Words that cannot be names.
    public static let reservedWords: Set<String> = ["true", "false", "null", "in"]

    /// The names of fields and features that a source text mentions, each once, in order; functions
    /// are left out, and what cannot be read is left to the compiler to report.
    public static func names(in source: String) -> [String] {
        guard source.utf8.count <= ExpressionLimits.sourceBytesMax else { return [] }
        var lexer = Lexer(source)
        var names: [String] = []
        var seen = reservedWords
        var pending: String?
        while let token = try? lexer.token() {
            let isCall = token.kind == .symbol(.open)
            if let name = isCall ? pending.flatMap(receiver) : pending, seen.insert(name).inserted {
                names.append(name)
            }
            guard token.kind != .end else { break }
            if case .name(let name) = token.kind { pending = name } else { pending = nil }
        }
        return names
    }

    /// What stands before the last dot: `x` in `x.lower()`.
    private static func receiver(of call: String) -> String? {
        call.lastIndex(of: ".").map { String(call[..<$0]) }
    }
}
