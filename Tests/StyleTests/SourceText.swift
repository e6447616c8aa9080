/// Swift source with comments and the text of string literals replaced by blanks, so that a search
/// finds code only. Lines and columns (in bytes) stay; interpolated code stays.
struct SourceText {
    private let source: [UInt8]
    private var code: [UInt8]
    private var at = 0

    static func codeLines(of source: String) -> [String] {
        var text = SourceText(source)
        text.scanCode(insideInterpolation: false)
        return text.code.split(separator: newline, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private init(_ text: String) {
        source = Array(text.utf8)
        code = source
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")

    private func starts(with text: StaticString, hashes: Int = 0) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count + hashes <= source.count else { return false }
        let bytes = unsafe UnsafeBufferPointer(start: text.utf8Start, count: count)
        guard unsafe source[at..<at + count].elementsEqual(bytes) else { return false }
        return source[(at + count)..<(at + count + hashes)].allSatisfy { $0 == Self.hash }
    }

    private mutating func blank(_ count: Int) {
        for place in at..<min(at + count, source.count) where source[place] != Self.newline {
            code[place] = UInt8(ascii: " ")
        }
        at += count
    }

    /// Scans to the end of the source, or to the parenthesis that ends an interpolation.
    private mutating func scanCode(insideInterpolation: Bool) {
        var depth = 0
        while at < source.count {
            switch source[at] {
            case UInt8(ascii: "/") where starts(with: "//"): blankLineComment()
            case UInt8(ascii: "/") where starts(with: "/*"): blankBlockComment()
            case Self.quote, Self.hash: scanString()
            case UInt8(ascii: "("):
                depth += 1
                at += 1
            case UInt8(ascii: ")"):
                if insideInterpolation && depth == 0 { return }
                depth -= 1
                at += 1
            default: at += 1
            }
        }
    }

    private mutating func blankLineComment() {
        while at < source.count, source[at] != Self.newline { blank(1) }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && at < source.count
    }

    /// At a quote or a hash: `"…"`, `"""…"""` and both with hashes; a hash alone is code (`#if`).
    private mutating func scanString() {
        let hashes = source[at...].prefix { $0 == Self.hash }.count
        at += hashes
        guard at < source.count, source[at] == Self.quote else { return }
        let isMultiline = starts(with: "\"\"\"")
        at += isMultiline ? 3 : 1
        while at < source.count {
            if starts(with: isMultiline ? "\"\"\"" : "\"", hashes: hashes) {
                at += (isMultiline ? 3 : 1) + hashes
                return
            }
            if starts(with: "\\", hashes: hashes) {
                scanEscape(hashes: hashes)
            } else {
                if !isMultiline && source[at] == Self.newline { return }
                blank(1)
            }
        }
    }

    private mutating func scanEscape(hashes: Int) {
        blank(1 + hashes)
        guard at < source.count else { return }
        guard source[at] == UInt8(ascii: "(") else { return blank(1) }
        at += 1
        scanCode(insideInterpolation: true)
        at += 1
    }
}
