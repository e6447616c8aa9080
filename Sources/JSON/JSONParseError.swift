/// Why a document is not accepted, and where: line and column from 1, the column in bytes.
public struct JSONParseError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// Another byte (nil: the end) than the grammar has here.
        case unexpected(found: UInt8?, expected: Expected)
        case invalidEscape
        case invalidUTF8
        case controlCharacter(UInt8)
        /// A number beyond the range of a double.
        case numberOutOfRange
        case duplicateKey(String)
        case tooDeep(max: Int)
        case tooLarge(bytes: Int, max: Int)
    }

    public enum Expected: String, Sendable {
        case value = "a value"
        case key = "a key in quotes"
        case colon = "\":\""
        case commaOrBracket = "\",\" or \"]\""
        case commaOrBrace = "\",\" or \"}\""
        case quote = "the closing quote"
        case digit = "a digit"
        case end = "the end of the document"
    }

    public let reason: Reason
    public let line: Int
    public let column: Int
    /// Offset from the first byte.
    public let byte: Int
}

extension JSONParseError: CustomStringConvertible {
    public var description: String { "\(line):\(column): \(text)" }

    private var text: String {
        switch reason {
        case .unexpected(let found, let expected):
            "found \(Self.name(found)); expected \(expected.rawValue)"
        case .invalidEscape:
            "found an unknown escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        case .invalidUTF8: "found bytes that are not UTF-8; expected UTF-8"
        case .controlCharacter(let byte):
            "found the control character \(byte); expected it escaped"
        case .numberOutOfRange: "found a number beyond the range of a double; expected a finite one"
        case .duplicateKey(let key): "found the key \"\(key)\" again; expected each key once"
        case .tooDeep(let max): "found more than \(max) nested values; expected at most that"
        case .tooLarge(let bytes, let max): "found \(bytes) bytes; expected at most \(max)"
        }
    }

    private static func name(_ byte: UInt8?) -> String {
        guard let byte else { return "the end" }
        return byte > 0x20 && byte < 0x7F ? "\"\(Character(UnicodeScalar(byte)))\"" : "byte \(byte)"
    }
}
