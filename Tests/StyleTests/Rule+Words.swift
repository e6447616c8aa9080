extension Rule {
    static let words =
        ["fatalError(", "try!", "as!", "@unchecked Sendable"].map { word in
            Rule(name: "no `\(word)` in the product") { file, _ in
                guard file.isProduct else { return [] }
                return file.lines(holding: word).map { Finding(file, lineIndex: $0, word) }
            }
        } + [
            Rule(name: "`print(` only in the commands (layer 5)") { file, manifest in
                guard file.isProduct, manifest.isBelow(5, file) else { return [] }
                return file.lines(holding: "print(").map { Finding(file, lineIndex: $0, "print(") }
            },
            Rule(name: "no `any` below the process (layers 0 to 3)") { file, manifest in
                guard file.isProduct, file.isSwift, manifest.isBelow(4, file) else { return [] }
                return file.lines(holding: "any ").map { Finding(file, lineIndex: $0, "any") }
            },
            Rule(name: "a note of work to do names its issue") { file, _ in
                file.lines.indices.filter { hasUnnumberedNote(file.lines[$0]) }
                    .map { Finding(file, lineIndex: $0, file.lines[$0]) }
            },
        ]

    /// The words are put together here so that this file does not break its own rule.
    private static let noteWords = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

    /// Whether a line holds such a word not followed by `#` and a number: `(#12)`, ` #12`.
    private static func hasUnnumberedNote(_ line: String) -> Bool {
        noteWords.contains { word in
            line.places(of: word).contains { place in
                let rest = line[place...].dropFirst(word.count).drop { $0 == " " || $0 == "(" }
                return !(rest.first == "#" && rest.dropFirst().first?.isNumber == true)
            }
        }
    }
}

extension Manifest {
    /// Whether the file's target stands in a lower layer; a target not listed counts as lowest.
    func isBelow(_ layer: Int, _ file: SourceFile) -> Bool {
        self.layer(of: file.module) ?? 0 < layer
    }
}

extension SourceFile {
    /// Indices of the lines of code that hold the word.
    func lines(holding word: String) -> [Int] {
        code.indices.filter { !code[$0].places(of: word).isEmpty }
    }
}

extension String {
    /// Where `word` stands and is not the end of a longer name (or a member: `.print(`).
    func places(of word: String) -> [String.Index] {
        var places: [String.Index] = []
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            let before = self[..<range.lowerBound].last
            let isPartOfName = before.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            if isPartOfName != true { places.append(range.lowerBound) }
            rest = self[range.upperBound...]
        }
        return places
    }
}
