extension Rule {
    static let layers = [
        Rule(name: "an import points down") { file, manifest in
            guard file.isProduct, let own = manifest.position(of: file.module) else { return [] }
            return file.imports.compactMap { line, module in
                guard let other = manifest.position(of: module), other >= own else { return nil }
                return Finding(file, lineIndex: line, "\(file.module) imports \(module)")
            }
        },
        Rule(name: "no Foundation below the process (layers 0 to 3)") { file, manifest in
            guard file.isProduct, manifest.isBelow(4, file) else { return [] }
            return file.imports.filter { $0.module.hasPrefix("Foundation") }
                .map { Finding(file, lineIndex: $0.line, "import \($0.module)") }
        },
        Rule(name: "a file belongs to a target of the manifest") { file, manifest in
            let isListed =
                file.isProduct
                ? manifest.position(of: file.module) != nil : manifest.tests.contains(file.module)
            return isListed ? [] : [Finding(file, lineIndex: 0, "no target \(file.module)")]
        },
    ]
}

extension SourceFile {
    /// Every module imported, without submodule: `import struct Foundation.URL` is `Foundation`.
    var imports: [(line: Int, module: String)] {
        guard isSwift else { return [] }
        return declarations.filter { $0.declaration.keyword == "import" }.map { line, declaration in
            let words = code[line].split(separator: " ")
            let module = words.last.map { $0.prefix { $0 != "." } } ?? ""
            return (line, String(module))
        }
    }
}
