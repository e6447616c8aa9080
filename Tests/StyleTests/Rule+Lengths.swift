extension Rule {
    static let lengths = [
        Rule(name: "a line has at most 100 columns") { file, _ in
            file.lines.indices
                .filter { file.lines[$0].utf8.count > 100 && file.lines[$0].count > 100 }
                .map { Finding(file, lineIndex: $0, "\(file.lines[$0].count) columns") }
        },
        Rule(name: "a file has at most 400 lines") { file, _ in
            guard file.lines.count > 400 else { return [] }
            return [Finding(file, lineIndex: 400, "\(file.lines.count) lines")]
        },
        Rule(name: "a function has at most 70 lines") { file, _ in
            guard file.isSwift else { return [] }
            return file.declarations.compactMap { line, declaration in
                guard declaration.mayHaveBody, let end = file.endOfBody(from: line),
                    end - line + 1 > 70
                else { return nil }
                let name = "\(declaration.keyword) \(declaration.name)"
                return Finding(file, lineIndex: line, "\(name) has \(end - line + 1) lines")
            }
        },
        Rule(name: "a file holds code") { file, _ in
            let isDead = file.code.allSatisfy { $0.allSatisfy(\.isWhitespace) }
            return isDead ? [Finding(file, lineIndex: 0, "no code")] : []
        },
    ]
}
