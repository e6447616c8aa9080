/// Lines of a small text file, each with its number from 1.
struct TextLines {
    static let bytesMax = 64 << 20
    let lines: [(number: Int, text: Substring)]

    init(_ bytes: [UInt8]) throws(ImportError) {
        guard bytes.count <= Self.bytesMax else {
            throw .tooLarge(bytes: bytes.count, bytesMax: Self.bytesMax)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated().map { ($0 + 1, $1) }
    }

    /// - Throws: for what is no finite number.
    static func number(_ text: some StringProtocol, line: Int) throws(ImportError) -> Double {
        guard let number = Double(text), number.isFinite else {
            throw .invalid(
                at: "line \(line)", found: "\"\(text.prefix(40))\"", expected: "a number")
        }
        return number
    }
}
