/// Whether a CSV record is inside a quoted field, fed with it line by line (RFC 4180 §2).
///
/// A quote opens a field only at the field's beginning; elsewhere it is the decoder's to refuse.
struct QuoteState {
    private let delimiter: UInt8
    private(set) var isInside = false
    private var isFieldStart = true
    /// Behind a quote that closed the field, unless another follows at once.
    private var isBehindQuote = false

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    mutating func beginRecord() {
        isInside = false
        isFieldStart = true
        isBehindQuote = false
    }

    /// Takes in one more line, without its line end; whether a field is still open behind it.
    mutating func isOpen(after line: borrowing Span<UInt8>) -> Bool {
        isBehindQuote = false
        for k in line.indices { step(line[k]) }
        return isInside
    }

    private mutating func step(_ byte: UInt8) {
        guard byte == UInt8(ascii: "\"") else {
            isFieldStart = !isInside && byte == delimiter
            isBehindQuote = false
            return
        }
        if isInside {
            isInside = false
            isBehindQuote = true
        } else {
            isInside = isFieldStart || isBehindQuote
            isBehindQuote = false
        }
        isFieldStart = false
    }
}
