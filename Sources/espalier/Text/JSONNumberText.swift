internal import Bytes

/// Whether a text is a number by the grammar of JSON (RFC 8259 §6), and so may stand in a document
/// as it is.
enum JSONNumberText {
    static func matches(_ text: borrowing RawSpan) -> Bool {
        var at = 0
        func byte() -> UInt8 { at < text.byteCount ? text.byte(at) : 0 }
        func skipDigits() -> Bool {
            let start = at
            while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte()) { at += 1 }
            return at > start
        }
        if byte() == UInt8(ascii: "-") { at += 1 }
        if byte() == UInt8(ascii: "0") {
            at += 1
        } else if !skipDigits() {
            return false
        }
        if byte() == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() else { return false }
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            at += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { at += 1 }
            guard skipDigits() else { return false }
        }
        return at == text.byteCount
    }
}
