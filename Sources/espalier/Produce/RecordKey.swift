internal import Bytes
internal import Events

/// Reads key and time of JSON messages: the key as the field's text, whether it is a string or an
/// integer.
///
/// Which of the two it is, is learned from the messages; one that is neither, or is not JSON, is
/// refused.
struct RecordKey: ~Copyable {
    private let text: EventDecoder
    private let number: EventDecoder
    private var isText = true
    private var row: EventRow

    private static let key = 0

    /// - Parameters:
    ///   - key: the field, nested ones with points.
    ///   - time: the field of the time; nil to let it be the moment of sending.
    init(key: String, time: String?, unit: TimeUnit) throws(SchemaError) {
        func schema(_ type: FieldType) -> EventSchema {
            var fields = [Self.field(key, type)]
            var timeSlot: Int?
            if let time, time == key {
                timeSlot = Self.key
            } else if let time {
                fields.append(Self.field(time, unit == .rfc3339 ? .string : .int64))
                timeSlot = 1
            }
            return EventSchema(fields: fields, id: Self.key, time: timeSlot, timeUnit: unit)
        }
        let number = try EventDecoder(json: schema(.int64))
        text = try EventDecoder(json: schema(.string))
        self.number = number
        row = EventRow(slots: 2)
    }

    private static func field(_ name: String, _ type: FieldType) -> FieldSchema {
        FieldSchema(
            name: name, path: name.split(separator: ".").map(String.init), type: type)
    }

    /// Empties `key` and fills it, and returns the message's time in milliseconds: 0 without a time
    /// field.
    mutating func read(
        _ message: borrowing RawSpan, into key: inout ByteWriter
    ) throws(Refusal) -> Int64 {
        do throws(DecodeError) {
            do throws(DecodeError) {
                try decode(message)
            } catch {
                guard error.reason == .wrongType, error.field == Self.key else { throw error }
                isText.toggle()
                try decode(message)
            }
            key.removeAll()
            if isText {
                key.append(row.textBytes(row.texts[Self.key]))
                return try text.decodeTime(from: row, recordTimestamp: 0)
            }
            key.append(decimal: row.integers[Self.key])
            return try number.decodeTime(from: row, recordTimestamp: 0)
        } catch {
            let schema = isText ? text.schema : number.schema
            throw Refusal(reason: error.text(for: schema, message: message))
        }
    }

    private mutating func decode(_ message: borrowing RawSpan) throws(DecodeError) {
        if isText {
            try text.decode(message, into: &row)
        } else {
            try number.decode(message, into: &row)
        }
    }

    /// Why a message is not sent.
    struct Refusal: Error {
        let reason: String
    }
}
