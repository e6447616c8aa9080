import Bytes
import Events

/// The card payments of the handbook.
enum Payment {
    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "transaction_id", path: ["transaction_id"], type: .int64),
            FieldSchema(name: "timestamp", path: ["timestamp"], type: .int64),
            FieldSchema(name: "customer_id", path: ["customer_id"], type: .int64),
            FieldSchema(name: "terminal_id", path: ["terminal_id"], type: .int64),
            FieldSchema(name: "amount", path: ["amount"], type: .double),
        ], id: 0, time: 1, timeUnit: .ms, required: [2, 3])

    /// 233 bytes, the five declared fields first.
    static let json =
        #"{"transaction_id":1303777,"timestamp":1534204799000,"customer_id":3511,"#
        + #""terminal_id":7301,"amount":57.16,"currency":"EUR","channel":"chip","#
        + #""merchant":"Blumen & Mehr GmbH","country":"DE","device":"POS-0007301-A","#
        + #""entry":"contactless"}"#

    static let csvHeader = "transaction_id,timestamp,customer_id,terminal_id,amount"
    static let csv = "1303777,1534204799000,3511,7301,57.16"
}

/// A message of every type, on several levels.
enum Sample {
    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "id", path: ["id"], type: .string),
            FieldSchema(name: "count", path: ["count"], type: .int64),
            FieldSchema(name: "amount", path: ["card", "amount"], type: .double),
            FieldSchema(name: "country", path: ["card", "holder", "country"], type: .string),
            FieldSchema(name: "present", path: ["card", "present"], type: .bool),
        ], id: 0, time: nil)
}

/// What a row holds, for comparison.
enum Cell: Equatable, CustomStringConvertible {
    case absent, null
    case integer(Int64)
    case number(UInt64)
    case text(String)

    static func double(_ value: Double) -> Cell { .number(value.bitPattern) }

    var description: String {
        switch self {
        case .absent: "absent"
        case .null: "null"
        case .integer(let value): "\(value)"
        case .number(let bits): "\(Double(bitPattern: bits))"
        case .text(let text): "\"\(text)\""
        }
    }
}

extension EventRow {
    func cells(of schema: EventSchema) -> [Cell] {
        schema.fields.indices.map { slot in
            switch states[slot] {
            case .absent: return .absent
            case .null: return .null
            case .present: break
            }
            switch schema.fields[slot].type {
            case .int64, .bool: return .integer(integers[slot])
            case .double: return .double(numbers[slot])
            case .string:
                return .text(
                    unsafe textBytes(texts[slot]).withUnsafeBytes {
                        unsafe String(decoding: $0, as: UTF8.self)
                    })
            }
        }
    }
}

/// The outcome of one decode.
enum Decoded: Equatable {
    case cells([Cell])
    case error(DecodeError)

    var reason: DecodeError.Reason? {
        if case .error(let error) = self { error.reason } else { nil }
    }

    var isGood: Bool { reason == nil }
}

extension EventDecoder {
    func outcome(_ bytes: [UInt8], line: Int = 1) -> Decoded {
        var row = EventRow(slots: schema.fields.count)
        do throws(DecodeError) {
            try decode(unsafe bytes.span.bytes, line: line, into: &row)
            return .cells(row.cells(of: schema))
        } catch {
            return .error(error)
        }
    }

    func outcome(_ text: String, line: Int = 1) -> Decoded { outcome(Array(text.utf8), line: line) }
}
