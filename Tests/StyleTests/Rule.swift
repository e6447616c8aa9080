import Testing

/// One rule of style over one file.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (SourceFile, Manifest) -> [Finding]

    var testDescription: String { name }

    static let all = lengths + words + layers + declarations
}

/// Where a rule is broken, and what stands there.
struct Finding: Equatable, Sendable, CustomStringConvertible {
    let path: String
    /// Counted from 1.
    let line: Int
    let found: String

    init(_ file: SourceFile, lineIndex: Int, _ found: String) {
        path = file.path
        line = lineIndex + 1
        self.found = found
    }

    var description: String { "\(path):\(line): \(found)" }
}
