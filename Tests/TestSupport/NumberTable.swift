/// A table of numbers with a header, as the reference data has them.
public struct NumberTable: Sendable {
    public let columns: [String]
    /// Row after row.
    private var numbers: [Double] = []

    /// Reads comma-separated lines; what is no number is NaN.
    public init(csv bytes: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)[...]
        let header = lines.popFirst() ?? []
        columns = String(decoding: header, as: UTF8.self).split(separator: ",").map { String($0) }
        guard let body = lines.popFirst() else { return }
        var start = body.startIndex
        for place in body.indices where body[place] == 0x2c || body[place] == 0x0a {
            numbers.append(Self.number(body[start..<place]))
            start = place + 1
        }
        if start < body.endIndex { numbers.append(Self.number(body[start...])) }
    }

    public var count: Int { numbers.count / max(1, columns.count) }

    public subscript(row: Int, column: Int) -> Double { numbers[row * columns.count + column] }

    /// Up to 15 digits are exact as an integer over a power of ten; the library reads the rest.
    private static func number(_ text: ArraySlice<UInt8>) -> Double {
        var (digits, divisor, isFraction) = (0.0, 1.0, false)
        guard text.count <= 15 else { return library(text) }
        for byte in text {
            switch byte {
            case 0x30...0x39:
                digits = digits * 10 + Double(byte - 0x30)
                if isFraction { divisor *= 10 }
            case 0x2e where !isFraction: isFraction = true
            default: return library(text)
            }
        }
        return text.isEmpty ? .nan : digits / divisor
    }

    private static func library(_ text: ArraySlice<UInt8>) -> Double {
        Double(String(decoding: text, as: UTF8.self)) ?? .nan
    }
}
