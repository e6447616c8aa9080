public import Bytes

extension JSONValue {
    /// Limits of a document that `init(parsing:)` accepts.
    public struct Limits: Sendable {
        public var bytesMax = 64 << 20
        /// Objects and arrays inside each other; each costs the parser a stack frame.
        public var depthMax = 128

        public init() {}
    }

    /// Parses one document.
    public init(
        parsing bytes: borrowing RawSpan, limits: Limits = Limits()
    ) throws(JSONParseError) {
        guard bytes.byteCount <= limits.bytesMax else {
            throw JSONParseError(
                reason: .tooLarge(bytes: bytes.byteCount, max: limits.bytesMax), line: 1, column: 1,
                byte: 0)
        }
        var parser = JSONParser(bytes: copy bytes, depthMax: limits.depthMax)
        self = try parser.document()
    }

    public init(parsing text: String, limits: Limits = Limits()) throws(JSONParseError) {
        try self.init(parsing: unsafe text.utf8Span.span.bytes, limits: limits)
    }

    /// How the members of objects are ordered in the text.
    public enum Order: Sendable {
        case asWritten
        /// By the bytes of the keys: equal documents give equal bytes, for digests.
        case canonical
    }

    /// Appends the document without white space; numbers in their shortest form.
    public func write(to writer: inout ByteWriter, order: Order = .asWritten) {
        switch self {
        case .null: writer.append("null")
        case .bool(let value): writer.append(value ? "true" : "false")
        case .integer(let value): writer.append(decimal: value)
        case .number(let value): writer.append(number: value)
        case .string(let value): writer.append(quoted: value)
        case .array(let values):
            writer.append(UInt8(ascii: "["))
            for (place, value) in values.enumerated() {
                if place > 0 { writer.append(UInt8(ascii: ",")) }
                value.write(to: &writer, order: order)
            }
            writer.append(UInt8(ascii: "]"))
        case .object(let object): object.write(to: &writer, order: order)
        }
    }
}

extension JSONObject {
    fileprivate func write(to writer: inout ByteWriter, order: JSONValue.Order) {
        var places = Array(keys.indices)
        if order == .canonical {
            places.sort { keys[$0].utf8.lexicographicallyPrecedes(keys[$1].utf8) }
        }
        writer.append(UInt8(ascii: "{"))
        for (count, place) in places.enumerated() {
            if count > 0 { writer.append(UInt8(ascii: ",")) }
            writer.append(key: keys[place])
            values[place].write(to: &writer, order: order)
        }
        writer.append(UInt8(ascii: "}"))
    }
}
