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
/// A number slot holds a double (bool: 0 or 1; int64: rounded to the nearest double, exact to
/// 2^53), and NaN when the value is missing. An int64 field has its exact value in `integers` as
/// well. A text slot holds a range of `text`.
public struct EventRow: ~Copyable {
    public var numbers: FixedArray<Double>
    public var integers: FixedArray<Int64>
    public var texts: FixedArray<TextRange>
    public var states: FixedArray<SlotState>
    /// UTF-8 of all text slots, and of what expressions derive from them.
    public var text = ByteWriter(reservingCapacity: 4_096)

    /// - Parameter slots: fields and computed values together.
    public init(slots: Int) {
        numbers = FixedArray(repeating: .nan, count: slots)
        integers = FixedArray(repeating: 0, count: slots)
        texts = FixedArray(repeating: TextRange(start: 0, count: 0), count: slots)
        states = FixedArray(repeating: .absent, count: slots)
    }

    /// Makes every slot absent. O(slots).
    public mutating func removeAll() {
        for slot in numbers.indices { numbers[slot] = .nan }
        for slot in states.indices { states[slot] = .absent }
        text.removeAll()
    }

    /// Fills a slot of a double.
    public mutating func setNumber(_ value: Double, at slot: Int) {
        numbers[slot] = value
        states[slot] = .present
    }

    /// Fills a slot of an int64 or (0 or 1) a bool.
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

    /// The UTF-8 of a text slot's range.
    @_lifetime(borrow self)
    public func textBytes(_ range: TextRange) -> RawSpan {
        text.bytes.extracting(Int(range.start)..<Int(range.start) + Int(range.count))
    }
}
