extension Expression {
    /// The names that a source text mentions, functions included, each once; what cannot be read is
    /// left to the compiler to report.
    public static func names(in source: String) -> [String] {
        var lexer = Lexer(source)
        var names: [String] = []
        while let token = try? lexer.token(), token.kind != .end {
            if case .name(let name) = token.kind, !names.contains(name) { names.append(name) }
        }
        return names
    }
}
