public import Bytes

/// Why a slot holds no value, or that it holds one.
public enum SlotState: UInt8, Sendable {
    case absent, null, present
}

/// A stretch of `EventRow.text`, in bytes.
public struct TextRange: Equatable, Sendable {
    public var start: UInt32
    public var count: UInt32

    public init(start: Int, count: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: count)
    }
}

/// One event as numbered slots: the declared fields first, then whatever the feature plan computes.
/// One row is refilled for every event, so a step allocates nothing.
///
/// A number slot holds a double (bool: 0 or 1; int64: rounded to the nearest double, exact to 2^53), and
/// NaN when the value is missing. An int64 field has its exact value in `integers` as well. A text slot
/// holds a range of `text`.
public struct EventRow: ~Copyable {
    public var numbers: [Double]
    public var integers: [Int64]
    public var texts: [TextRange]
    public var states: [SlotState]
    /// UTF-8 of all text slots, and of what expressions derive from them.
    public var text = ByteWriter(reservingCapacity: 4_096)

    /// - Parameter slots: fields and computed values together.
    public init(slots: Int) {
        numbers = Array(repeating: .nan, count: slots)
        integers = Array(repeating: 0, count: slots)
        texts = Array(repeating: TextRange(start: 0, count: 0), count: slots)
        states = Array(repeating: .absent, count: slots)
    }

    /// Makes every slot absent. O(slots).
    public mutating func removeAll() {
        Self.fill(&numbers, with: .nan)
        Self.fill(&states, with: .absent)
        text.removeAll()
    }

    /// Through a span, because an array checks for its owner at every element.
    private static func fill<Value>(_ values: inout [Value], with value: Value) {
        var values = values.mutableSpan
        for slot in values.indices { values[slot] = value }
    }

    public mutating func setNumber(_ value: Double, at slot: Int) {
        numbers[slot] = value
        states[slot] = .present
    }

    public mutating func setInteger(_ value: Int64, at slot: Int) {
        integers[slot] = value
        setNumber(Double(value), at: slot)
    }

    /// Copies the bytes into the row.
    public mutating func setText(_ bytes: borrowing RawSpan, at slot: Int) {
        texts[slot] = appendText(bytes)
        states[slot] = .present
    }

    /// Copies the bytes into the row's text and returns where they stand.
    public mutating func appendText(_ bytes: borrowing RawSpan) -> TextRange {
        let range = TextRange(start: text.count, count: bytes.byteCount)
        text.append(bytes)
        return range
    }

    @_lifetime(borrow self)
    public func textBytes(_ range: TextRange) -> RawSpan {
        text.bytes.extracting(Int(range.start)..<Int(range.start) + Int(range.count))
    }
}
