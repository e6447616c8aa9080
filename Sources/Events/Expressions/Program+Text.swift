internal import Bytes

extension Expression.Program {
    /// The text of a slot, or NaN.
    @inline(never)
    func text(_ slot: Int, _ row: borrowing EventRow) -> Double {
        let range = row.texts[slot]
        guard row.states[slot] == .present, range.start < TextReference.startMax else {
            return .nan
        }
        return TextReference(range).value
    }

    @inline(never)
    func apply(
        _ operation: Expression.TextBinary, _ left: Double, _ right: Double,
        _ row: borrowing EventRow
    ) -> Double {
        guard !left.isNaN, !right.isNaN else { return .nan }
        let left = bytes(of: TextReference(left), row), right = bytes(of: TextReference(right), row)
        return operation(left, right) ? 1 : 0
    }

    @inline(never)
    func apply(
        _ operation: Expression.TextUnary, _ value: Double, _ row: inout EventRow
    ) -> Double {
        guard !value.isNaN else { return .nan }
        let text = TextReference(value)
        switch operation {
        case .length: return Double(Expression.codePoints(bytes(of: text, row)))
        case .hash: return Expression.hashNumber(StableHash.of(bytes(of: text, row)))
        case .lower: return map(text, &row, Expression.lowercase)
        case .upper: return map(text, &row, Expression.uppercase)
        }
    }

    /// Appends the text with every byte mapped to the row, and returns the new reference.
    @inline(__always)
    private func map(
        _ text: TextReference, _ row: inout EventRow, _ mapped: (UInt8) -> UInt8
    ) -> Double {
        let start = row.text.count
        guard text.count <= ExpressionLimits.derivedTextBytesMax,
            start < Int(TextReference.startMax)
        else { return .nan }
        for index in 0..<text.count {
            let byte = bytes(of: text, row).byte(index)
            row.text.append(mapped(byte))
        }
        return TextReference(TextRange(start: start, count: text.count)).value
    }

    func copy(of text: TextReference, _ row: borrowing EventRow) -> [UInt8] {
        unsafe bytes(of: text, row).withUnsafeBytes { unsafe Array($0) }
    }

    @_lifetime(borrow self, borrow row)
    func bytes(of text: TextReference, _ row: borrowing EventRow) -> RawSpan {
        text.isLiteral ? literal(text.range) : row.textBytes(text.range)
    }

    @_lifetime(borrow self)
    func literal(_ range: TextRange) -> RawSpan {
        let start = Int(range.start)
        return unsafe literals.span.bytes.extracting(start..<start + Int(range.count))
    }
}
