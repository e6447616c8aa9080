/// The file as lines of code points, to find the place of a fault.
struct SourceText {
    private let lines: [[Unicode.Scalar]]

    init(_ text: String) {
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map(Array.init)
    }

    func position(ofByte offset: Int) -> Position {
        var left = offset
        for (index, line) in lines.enumerated() {
            let bytes = line.reduce(0) { $0 + UTF8.width($1) }
            if left > bytes {
                left -= bytes + 1
                continue
            }
            var column = 0
            while column < line.count, left >= UTF8.width(line[column]) {
                left -= UTF8.width(line[column])
                column += 1
            }
            return Position(line: index + 1, column: column + 1)
        }
        return Position(line: lines.count, column: 1)
    }

    /// - Parameter offset: in characters (grapheme clusters), as the YAML reader counts a bad one.
    func position(ofCharacter offset: Int) -> Position {
        var left = offset
        for (index, line) in lines.enumerated() {
            let characters = String(String.UnicodeScalarView(line)).count
            if left <= characters { return Position(line: index + 1, column: left + 1) }
            left -= characters + 1
        }
        return Position(line: lines.count, column: 1)
    }

    /// The first `*name` for which there is an `&name` somewhere.
    ///
    /// Aliases let a small file stand for an endless tree, so no text with one reaches the YAML
    /// reader. `&&`, as expressions have it, begins no anchor.
    var firstAlias: (name: String, position: Position)? {
        var anchors: Set<String> = []
        for line in lines {
            for column in line.indices where line[column] == "&" {
                guard column == 0 || line[column - 1] != "&" else { continue }
                anchors.insert(name(in: line, from: column + 1))
            }
        }
        anchors.remove("")
        guard !anchors.isEmpty else { return nil }
        for (index, line) in lines.enumerated() {
            for column in line.indices where line[column] == "*" {
                let name = name(in: line, from: column + 1)
                if anchors.contains(name) {
                    return (name, Position(line: index + 1, column: column + 1))
                }
            }
        }
        return nil
    }

    private func name(in line: [Unicode.Scalar], from start: Int) -> String {
        let letters = line[start...].prefix { scalar in
            scalar == "_" || scalar == "-" || ("0"..."9").contains(scalar)
                || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }
        return String(String.UnicodeScalarView(letters))
    }
}

extension SourceText {
    /// The place in the file of a byte of a scalar's value.
    ///
    /// The value and the file agree in everything but blanks and escapes, so the place is found by
    /// counting what is neither: exact wherever the byte begins a word.
    func position(ofByte offset: Int, in node: YAMLNode) -> Position {
        guard case .scalar(let value, let style) = node.content else { return node.position }
        let before = String(decoding: value.utf8.prefix(offset), as: UTF8.self).unicodeScalars
        var wanted = before.count { !Self.isBlank($0) }
        let endsAfterWord = offset >= value.utf8.count
        var cursor = Cursor(lines: lines, position: node.position)
        if style == .block { cursor.skipLine() }
        if style == .singleQuoted || style == .doubleQuoted { cursor.advance() }
        while let scalar = cursor.scalar {
            let start = cursor.position
            let isBlank = cursor.readsBlank(scalar, style)
            if isBlank { continue }
            if wanted == 0 { return start }
            wanted -= 1
            if wanted == 0, endsAfterWord { return cursor.position }
        }
        return cursor.position
    }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || ("\t"..."\r").contains(scalar)
    }

    /// Walks over the file.
    private struct Cursor {
        let lines: [[Unicode.Scalar]]
        var position: Position

        var scalar: Unicode.Scalar? {
            guard position.line <= lines.count else { return nil }
            let line = lines[position.line - 1]
            return position.column <= line.count ? line[position.column - 1] : "\n"
        }

        mutating func advance() {
            if scalar == "\n" { skipLine() } else { position.column += 1 }
        }

        mutating func skipLine() {
            position = Position(line: position.line + 1, column: 1)
        }

        /// Steps over one code point of the value; true when it is a blank, or none.
        mutating func readsBlank(_ scalar: Unicode.Scalar, _ style: YAMLNode.Style) -> Bool {
            advance()
            if style == .singleQuoted, scalar == "'" {
                advance()
                return false
            }
            guard style == .doubleQuoted, scalar == "\\", let letter = self.scalar else {
                return SourceText.isBlank(scalar)
            }
            advance()
            let digits = ["x": 2, "u": 4, "U": 8][letter] ?? 0
            var code: UInt32 = 0
            for _ in 0..<digits {
                guard let digit = self.scalar.flatMap({ Character($0).hexDigitValue }) else {
                    break
                }
                code = code &* 16 &+ UInt32(digit)
                advance()
            }
            if digits > 0 { return Unicode.Scalar(code).map(SourceText.isBlank) ?? false }
            return ["n", "r", "t", "v", "f", " ", "\t", "\n", "_", "N", "L", "P"].contains(letter)
        }
    }
}
