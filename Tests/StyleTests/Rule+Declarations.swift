import Foundation

extension Rule {
    static let declarations = [
        Rule(name: "a type is named for what it holds") { file, _ in
            file.types.compactMap { line, name in
                guard vagueEndings.contains(where: name.hasSuffix) else { return nil }
                return Finding(file, lineIndex: line, name)
            }
        },
        // Elsewhere it would hide the module: `Name.Other` is looked up in the type.
        Rule(name: "a type bears its module's name only in the file of that name") { file, _ in
            guard !file.path.hasSuffix("/\(file.module)/\(file.module).swift") else { return [] }
            return file.types.filter { $0.name == file.module }
                .map { Finding(file, lineIndex: $0.line, $0.name) }
        },
        Rule(name: "public types and functions are documented") { file, _ in
            guard file.isProduct, file.isSwift else { return [] }
            return file.undocumented().map { line, declaration in
                Finding(file, lineIndex: line, "\(declaration.keyword) \(declaration.name)")
            }
        },
    ]

    private static let vagueEndings = ["Manager", "Helper", "Utils", "Service", "Context", "Base"]
}

extension SourceFile {
    var types: [(line: Int, name: String)] {
        guard isSwift else { return [] }
        return declarations.filter(\.declaration.isType).map { ($0.line, $0.declaration.name) }
    }

    /// Members whose name is known from the standard library and says all.
    private static let obviousNames: Set<String> = [
        "append", "removeAll", "reserveCapacity", "hash", "next", "makeIterator", "encode",
    ]

    /// Public types and functions without a doc comment, save operators, obvious members, and
    /// overloads in a file that documents another of the same name.
    func undocumented() -> [(line: Int, declaration: Declaration)] {
        let exported = declarations.filter {
            !$0.declaration.modifiers.isDisjoint(with: ["public", "open"])
                && ($0.declaration.isType || $0.declaration.keyword == "func")
        }
        let documented = Set(
            exported.filter { isDocumented($0.line) && !$0.declaration.isType }
                .map(\.declaration.name))
        return exported.filter { line, declaration in
            guard !isDocumented(line) else { return false }
            if declaration.isType { return true }
            let isOperator = declaration.name.first.map { !$0.isLetter && $0 != "_" } ?? true
            return !isOperator && !Self.obviousNames.contains(declaration.name)
                && !documented.contains(declaration.name)
        }
    }

    /// Whether the lines above, attributes and conditions aside, end in a doc comment.
    private func isDocumented(_ line: Int) -> Bool {
        let above = lines[..<line].reversed().lazy
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .first { !$0.hasPrefix("@") && !$0.hasPrefix("#") }
        return above.map { $0.hasPrefix("///") || $0.hasSuffix("*/") } ?? false
    }
}
