import Foundation

/// One file of `Sources` or `Tests`, as the rules see it.
struct SourceFile: Sendable {
    /// From the package's root: `Sources/Bytes/ByteWriter.swift`.
    let path: String
    /// As written, without line ends.
    let lines: [String]
    /// The same lines without comments and the text of literals; of C files, as written.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines = parts.last == "" ? parts.dropLast() : parts
        code = path.hasSuffix(".swift") ? SourceText.codeLines(of: text) : lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isProduct: Bool { path.hasPrefix("Sources/") }

    /// The target that the file belongs to: the second part of its path.
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }
}

/// The package that these tests stand in.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Every Swift, C and C++ file of `Sources` and `Tests`.
    static func files() throws -> [SourceFile] {
        let extensions = [".swift", ".c", ".cpp", ".h"]
        return try ["Sources", "Tests"].flatMap { folder in
            try FileManager.default
                .subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
                .filter { path in extensions.contains { path.hasSuffix($0) } }
                .sorted()
                .map { try SourceFile(path: "\(folder)/\($0)", text: text("\(folder)/\($0)")) }
        }
    }
}
