import Bytes
import Events
import Foundation
import JSON
import TestSupport
import Testing

/// The decoder against Foundation and against the tree parser, over random documents.
@Suite struct JSONTruthTests {
    static let documents = 2_000
    static let damagesPerDocument = 5

    func message(_ random: inout RandomJSON) -> String {
        func some(_ key: String, _ text: String) -> [(key: String, text: String)] {
            random.pick([true, true, true, false]) ? [(key, text)] : []
        }
        let any = random.value(depth: 2)
        var holder = some(
            "country",
            random.pick([random.string(), random.string(), random.string(), "null", any]))
        holder += some("more", random.value(depth: 1))
        var card = some(
            "amount",
            random.pick([
                random.number(), random.number(), random.number(), "null", random.string(),
            ]))
        card += some("present", random.pick(["true", "false", "true", "false", "null", "1"]))
        card += some(
            "holder",
            random.pick([
                random.object(holder), random.object(holder), random.object(holder), "null", "[]",
            ]))
        var root = some("count", random.pick(["-7", "12.0", "3", "0", random.number(), "null"]))
        root += some("card", random.object(card))
        root += some("id", random.string())
        root += some("extra", any)
        return random.object(root)
    }

    /// What the decoder should make of a document that Foundation has read; nil where any error is
    /// right.
    func truth(_ root: [String: Any]) -> [Cell]? {
        var cells: [Cell] = []
        for field in Sample.schema.fields {
            var value: Any? = root
            for key in field.path {
                if value is NSNull || value == nil {
                    value = nil
                } else if let object = value as? [String: Any] {
                    value = object[key]
                } else {
                    return nil
                }
            }
            guard let cell = cell(value, field.type) else { return nil }
            cells.append(cell)
        }
        if case .text = cells[Sample.schema.id] { return cells }
        return nil
    }

    func cell(_ value: Any?, _ type: FieldType) -> Cell? {
        guard let value else { return .absent }
        if value is NSNull { return .null }
        if type == .string { return (value as? String).map { .text($0) } }
        guard let number = value as? NSNumber, !(value is String) else { return nil }
        let isBool = unsafe String(cString: number.objCType) == "c"
        switch type {
        case .bool: return isBool ? .integer(number.boolValue ? 1 : 0) : nil
        // By its text: an NSNumber from JSON is a decimal, whose `doubleValue` is not the nearest.
        case .double: return isBool ? nil : Double(number.stringValue).map { .double($0) }
        default:
            if isBool { return nil }
            if let exact = Int64(number.stringValue) { return .integer(exact) }
            return Double(number.stringValue).flatMap { Int64(exactly: $0) }.map { .integer($0) }
        }
    }

    @Test func agreesWithFoundation() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        var random = RandomJSON(1)
        var good = 0
        var bad = 0
        for document in 0..<Self.documents {
            let text = message(&random)
            for damage in 0...Self.damagesPerDocument {
                let bytes = damage == 0 ? Array(text.utf8) : random.damage(text)
                if bytes.contains(0) { continue }
                let outcome = decoder.outcome(bytes)
                let parsed = try? JSONSerialization.jsonObject(
                    with: Data(bytes), options: .fragmentsAllowed)
                let expected = (parsed as? [String: Any]).flatMap { truth($0) }
                if outcome.reason == .duplicateField { continue }
                let note =
                    "\(document).\(damage): \(String(decoding: bytes, as: UTF8.self)): \(outcome)"
                switch outcome {
                case .cells(let cells):
                    good += 1
                    #expect(cells == expected, "\(note), Foundation: \(String(describing: parsed))")
                case .error(let error):
                    bad += 1
                    #expect(expected == nil, "\(note), Foundation: \(String(describing: expected))")
                    if parsed != nil { #expect(error.reason != .malformedJSON, "\(note)") }
                }
            }
        }
        #expect(good > 1_000 && bad > 1_000, "\(good) good, \(bad) bad")
    }

    @Test func grammarAgreesWithTheTreeParser() throws {
        let decoder = try EventDecoder(
            json: EventSchema(
                fields: [FieldSchema(name: "z", path: ["z"], type: .int64)], id: 0, time: nil))
        var random = RandomJSON(2)
        for document in 0..<Self.documents {
            let source = "{\"x\":\(random.value(depth: 4))}"
            for damage in 0...Self.damagesPerDocument {
                let bytes = damage == 0 ? Array(source.utf8) : random.damage(source)
                let outcome = decoder.outcome(bytes)
                let isWhole = outcome.reason == .missingField
                var error: JSONParseError?
                do throws(JSONParseError) {
                    _ = try JSONValue(parsing: unsafe bytes.span.bytes)
                } catch let caught { error = caught }
                if case .duplicateKey = error?.reason { continue }
                if error?.reason == .numberOutOfRange || outcome.reason == .wrongType { continue }
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(
                    isWhole == (error == nil),
                    "\(document).\(damage): \(text), \(outcome), \(error as Any)"
                )
            }
        }
    }
}
