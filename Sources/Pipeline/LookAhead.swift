internal import Bytes
internal import Events
internal import Features

/// What decoding made of a record.
enum DecodedRecord {
    /// The row holds the event.
    case event(time: Int64)
    /// - key: the event's `EventID.key`.
    case label(Label, key: UInt64)
    case failure(DecodeError)
}

/// The next few records, decoded before their steps.
struct LookAhead: ~Copyable {
    static let recordsMax = FeatureState.aheadMax

    struct Entry {
        var origin: RecordOrigin
        var record: DecodedRecord
    }

    private var entries: FixedArray<Entry>
    /// By place; the events' fields.
    var rows: FixedArray<EventRow>
    private(set) var count = 0
    private var next = 0
    /// Whether the memory that the records need was asked for.
    private(set) var isTouched = false

    init(slots: Int) {
        let nothing = Entry(
            origin: RecordOrigin(stream: .events, partition: 0, offset: 0, timestampMillis: 0),
            record: .event(time: 0))
        entries = FixedArray(repeating: nothing, count: Self.recordsMax)
        rows = FixedArray(count: Self.recordsMax) { _ in EventRow(slots: slots) }
    }

    /// The place for the next record; nil when all are taken by records whose steps are to come.
    mutating func takePlace() -> Int? {
        if next == count {
            removeAll()
        }
        return count < Self.recordsMax ? count : nil
    }

    mutating func append(_ record: DecodedRecord, from origin: RecordOrigin) {
        entries[count] = Entry(origin: origin, record: record)
        count += 1
    }

    mutating func noteTouched() { isTouched = true }

    func isEvent(_ place: Int) -> Bool {
        if case .event = entries[place].record { true } else { false }
    }

    /// The key of a label's event; nil for another record.
    func labelKey(_ place: Int) -> UInt64? {
        if case .label(_, let key) = entries[place].record { key } else { nil }
    }

    /// The record of `origin`, if it is the next one, with its place.
    mutating func take(_ origin: RecordOrigin) -> (place: Int, record: DecodedRecord)? {
        guard next < count else { return nil }
        guard entries[next].origin == origin else {
            removeAll()
            return nil
        }
        next += 1
        return (next - 1, entries[next - 1].record)
    }

    private mutating func removeAll() {
        count = 0
        next = 0
        isTouched = false
    }
}
