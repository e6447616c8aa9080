internal import Bytes
internal import JSON

extension JSONValue {
    /// The document on one line, with its end.
    var line: String {
        var writer = ByteWriter()
        write(to: &writer)
        return String(decoding: writer.copy(), as: UTF8.self) + "\n"
    }

    /// Null for nil and for what is not finite.
    static func optional(_ value: Double?) -> JSONValue {
        value.map { $0.isFinite ? .number($0) : .null } ?? .null
    }
}
