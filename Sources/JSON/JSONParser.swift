internal import Bytes

/// A recursive-descent parser of RFC 8259, strict: one value, no comments, each key once.
struct JSONParser: ~Copyable, ~Escapable {
    let bytes: RawSpan
    let depthMax: Int
    private var at = 0
    private var depth = 0

    @_lifetime(copy bytes)
    init(bytes: RawSpan, depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    @_lifetime(self: copy self)
    mutating func document() throws(JSONParseError) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        guard at == bytes.byteCount else { throw unexpected(.end) }
        return value
    }

    private var byte: UInt8? { at < bytes.byteCount ? bytes.byte(at) : nil }

    @_lifetime(self: copy self)
    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    @_lifetime(self: copy self)
    private mutating func value() throws(JSONParseError) -> JSONValue {
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    @_lifetime(self: copy self)
    private mutating func literal(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONParseError) -> JSONValue {
        for k in 0..<word.utf8CodeUnitCount {
            let expected = unsafe word.utf8Start[k]
            guard byte == expected else { throw unexpected(.value) }
            at += 1
        }
        return value
    }

    @_lifetime(self: copy self)
    private mutating func open() throws(JSONParseError) {
        guard depth < depthMax else { throw error(.tooDeep(max: depthMax), at: at) }
        depth += 1
        at += 1
        skipSpace()
    }

    @_lifetime(self: copy self)
    private mutating func close() {
        depth -= 1
        at += 1
    }

    @_lifetime(self: copy self)
    private mutating func array() throws(JSONParseError) -> JSONValue {
        try open()
        var values: [JSONValue] = []
        if byte == UInt8(ascii: "]") {
            close()
            return .array(values)
        }
        while true {
            values.append(try value())
            skipSpace()
            if byte == UInt8(ascii: "]") { break }
            guard byte == UInt8(ascii: ",") else { throw unexpected(.commaOrBracket) }
            at += 1
            skipSpace()
        }
        close()
        return .array(values)
    }

    @_lifetime(self: copy self)
    private mutating func object() throws(JSONParseError) -> JSONValue {
        try open()
        var object = JSONObject()
        if byte == UInt8(ascii: "}") {
            close()
            return .object(object)
        }
        while true {
            try member(into: &object)
            skipSpace()
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw unexpected(.commaOrBrace) }
            at += 1
            skipSpace()
        }
        close()
        return .object(object)
    }

    @_lifetime(self: copy self)
    private mutating func member(into object: inout JSONObject) throws(JSONParseError) {
        let start = at
        guard byte == UInt8(ascii: "\"") else { throw unexpected(.key) }
        let key = try string()
        skipSpace()
        guard byte == UInt8(ascii: ":") else { throw unexpected(.colon) }
        at += 1
        skipSpace()
        let value = try value()
        guard object.append(key, value) else { throw error(.duplicateKey(key), at: start) }
    }

    @_lifetime(self: copy self)
    private mutating func number() throws(JSONParseError) -> JSONValue {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        guard let first = byte, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9") else {
            throw unexpected(at == start ? .value : .digit)
        }
        if first == UInt8(ascii: "0") { at += 1 } else { try digits() }
        var isInteger = true
        if byte == UInt8(ascii: ".") {
            isInteger = false
            at += 1
            try digits()
        }
        if let byte, byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            at += 1
            if let sign = self.byte, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                at += 1
            }
            try digits()
        }
        guard let value = JSONNumber.read(bytes.extracting(start..<at), isInteger: isInteger) else {
            throw error(.numberOutOfRange, at: start)
        }
        return value
    }

    @_lifetime(self: copy self)
    private mutating func digits() throws(JSONParseError) {
        let start = at
        while let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
        guard at > start else { throw unexpected(.digit) }
    }

    @_lifetime(self: copy self)
    private mutating func string() throws(JSONParseError) -> String {
        at += 1
        let start = at
        var text: [UInt8] = []
        while true {
            guard let byte else { throw unexpected(.quote) }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error(.invalidUTF8, at: start)
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error(.controlCharacter(byte), at: at)
            default:
                text.append(byte)
                at += 1
            }
        }
    }

    @_lifetime(self: copy self)
    private mutating func escape(into text: inout [UInt8]) throws(JSONParseError) {
        let start = at
        at += 1
        let code = byte
        at += 1
        switch code {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(code!)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            text.append(contentsOf: String(try unicode(from: start)).utf8)
        default: throw error(.invalidEscape, at: start)
        }
    }

    /// The scalar of `\uXXXX`, or of two of them that form a surrogate pair.
    @_lifetime(self: copy self)
    private mutating func unicode(from start: Int) throws(JSONParseError) -> Character {
        guard let high = hexadecimal() else { throw error(.invalidEscape, at: start) }
        if let scalar = UnicodeScalar(high) { return Character(scalar) }
        guard byte == UInt8(ascii: "\\"), at + 1 < bytes.byteCount,
            bytes.byte(at + 1) == UInt8(ascii: "u")
        else { throw error(.invalidUTF8, at: start) }
        at += 2
        guard let low = hexadecimal() else { throw error(.invalidEscape, at: start) }
        guard high <= 0xDBFF, (0xDC00...0xDFFF).contains(low) else {
            throw error(.invalidUTF8, at: start)
        }
        let value = 0x10000 + UInt32(high - 0xD800) << 10 + UInt32(low - 0xDC00)
        return UnicodeScalar(value).map { Character($0) } ?? "\u{FFFD}"
    }

    @_lifetime(self: copy self)
    private mutating func hexadecimal() -> UInt16? {
        guard at + 4 <= bytes.byteCount else { return nil }
        var value: UInt16 = 0
        for _ in 0..<4 {
            let byte = bytes.byte(at)
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(byte - 0x57)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(byte - 0x37)
            default: return nil
            }
            at += 1
        }
        return value
    }

    private func unexpected(_ expected: JSONParseError.Expected) -> JSONParseError {
        error(.unexpected(found: byte, expected: expected), at: at)
    }

    private func error(_ reason: JSONParseError.Reason, at byte: Int) -> JSONParseError {
        var line = 1
        var lineStart = 0
        for k in 0..<min(byte, bytes.byteCount) where bytes.byte(k) == UInt8(ascii: "\n") {
            line += 1
            lineStart = k + 1
        }
        return JSONParseError(
            reason: reason, line: line, column: byte - lineStart + 1, byte: byte)
    }
}
