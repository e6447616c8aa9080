internal import Bytes
internal import Events
internal import JSON

/// Rows of a CSV file as JSON objects with a member for each column.
///
/// A text that is a number by JSON's grammar becomes that number, as written, except in the columns
/// named as strings; any other text becomes a string. An empty field is left out unless it is in
/// quotes.
struct CSVObjects: ~Copyable {
    private let keys: [String]
    private let areStrings: [Bool]
    private var text = ByteWriter(reservingCapacity: 256)

    private static let delimiter = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")

    /// - Parameters:
    ///   - header: the file's first record.
    ///   - strings: columns whose texts stay texts.
    init(header: borrowing RawSpan, strings: [String]) throws(Failure) {
        var keys: [String] = []
        var cursor = CSVCursor(delimiter: Self.delimiter)
        repeat {
            guard let field = cursor.next(in: header) else {
                throw Failure(.data, "line 1: found a stray quote; expected a header of CSV")
            }
            let bytes = header.extracting(field.range)
            let name = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
            guard !keys.contains(name) else {
                throw Failure(.data, "line 1: found column \(name) twice; expected it once")
            }
            keys.append(name)
        } while !cursor.isAtEnd
        for name in strings where !keys.contains(name) {
            let nearest = NearestName.of(name, among: keys).map { "; did you mean \($0)?" } ?? ""
            throw Failure(.usage, "--strings: found \(name), which is no column\(nearest)")
        }
        self.keys = keys
        areStrings = keys.map(strings.contains)
    }

    /// Appends the row as an object; returns what is wrong with it instead, if anything is.
    mutating func append(_ row: borrowing RawSpan, to writer: inout ByteWriter) -> String? {
        var cursor = CSVCursor(delimiter: Self.delimiter)
        var separator = UInt8(ascii: "{")
        for column in keys.indices {
            guard column == 0 || !cursor.isAtEnd else {
                return "found \(column) columns; expected \(keys.count)"
            }
            guard let field = cursor.next(in: row) else {
                return "found a stray quote in column \(column + 1)"
            }
            guard !field.range.isEmpty || field.isQuoted else { continue }
            writer.append(separator)
            separator = UInt8(ascii: ",")
            writer.append(key: keys[column])
            append(field, row.extracting(field.range), isString: areStrings[column], to: &writer)
        }
        guard cursor.isAtEnd else { return "found more than \(keys.count) columns" }
        if separator == UInt8(ascii: "{") { writer.append(separator) }
        writer.append(UInt8(ascii: "}"))
        return nil
    }

    private mutating func append(
        _ field: CSVField, _ bytes: borrowing RawSpan, isString: Bool, to writer: inout ByteWriter
    ) {
        if !isString, JSONNumberText.matches(bytes) {
            writer.append(bytes)
        } else if field.hasDoubledQuotes {
            unescape(bytes)
            writer.append(quoted: text.bytes)
        } else {
            writer.append(quoted: bytes)
        }
    }

    /// Copies the inside of quotes, where a quote is written twice, into `text`.
    private mutating func unescape(_ bytes: borrowing RawSpan) {
        text.removeAll()
        var isSecond = false
        for at in 0..<bytes.byteCount {
            let byte = bytes.byte(at)
            if byte == Self.quote, isSecond {
                isSecond = false
                continue
            }
            isSecond = byte == Self.quote
            text.append(byte)
        }
    }
}
