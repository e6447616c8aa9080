import Bytes
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct JSONValueTests {
    func text(_ value: JSONValue, _ order: JSONValue.Order = .asWritten) -> String {
        var writer = ByteWriter()
        value.write(to: &writer, order: order)
        return String(decoding: writer.copy(), as: UTF8.self)
    }

    func error(_ text: String, limits: JSONValue.Limits = .init()) -> JSONParseError? {
        do throws(JSONParseError) {
            _ = try JSONValue(parsing: text, limits: limits)
            return nil
        } catch { return error }
    }

    @Test func aDocumentBecomesATree() throws {
        let value = try JSONValue(parsing: #" {"b":[1,-2.5,true,null,"é\n"],"a":{}} "#)
        #expect(
            value["b"] == .array([.integer(1), .number(-2.5), .bool(true), .null, .string("é\n")]))
        #expect(value["a"]?.object?.count == 0)
        #expect(value["c"] == nil)
        #expect(value.object?.keys == ["b", "a"])
        #expect(value["b"]?.array?[1].double == -2.5 && value["b"]?.array?[0].double == 1)
        #expect(value["b"]?.array?[0].integer == 1 && value["b"]?.array?[2].bool == true)
        #expect(value["b"]?.array?[4].string == "é\n")
    }

    @Test(arguments: [
        ("9223372036854775807", JSONValue.integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-0", .number(-0.0)),
        ("0", .integer(0)),
        ("1e2", .number(100)), ("1e-999", .number(0)), ("0.0001e-330", .number(0)),
        ("0e999", .number(0)),
        ("0.30000000000000004", .number(0.30000000000000004)),
    ])
    func numbersKeepTheirPrecision(text: String, value: JSONValue) throws {
        let parsed = try JSONValue(parsing: text)
        #expect(parsed == value)
        #expect(parsed.double?.sign == value.double?.sign)
    }

    @Test(arguments: [
        ("", "1:1: found the end; expected a value"),
        ("[1,\n 2,]", "2:4: found \"]\"; expected a value"),
        ("{\"a\":1,\n\"a\":2}", "2:1: found the key \"a\" again; expected each key once"),
        ("[1e999]", "1:2: found a number beyond the range of a double; expected a finite one"),
        ("{a:1}", "1:2: found \"a\"; expected a key in quotes"),
        ("{\"a\" 1}", "1:6: found \"1\"; expected \":\""),
        ("[1 2]", "1:4: found \"2\"; expected \",\" or \"]\""),
        ("{\"a\":1]", "1:7: found \"]\"; expected \",\" or \"}\""),
        ("\"a", "1:3: found the end; expected the closing quote"),
        ("1 x", "1:3: found \"x\"; expected the end of the document"),
        ("-x", "1:2: found \"x\"; expected a digit"),
        ("\"\n\"", "1:2: found the control character 10; expected it escaped"),
        ("\"\\ud800\"", "1:2: found bytes that are not UTF-8; expected UTF-8"),
        ("\u{FEFF}1", "1:1: found byte 239; expected a value"),
    ])
    func errorsNameThePlace(text: String, message: String) {
        #expect(error(text)?.description == message)
    }

    @Test func limitsHoldAtTheirEdge() {
        var limits = JSONValue.Limits()
        limits.depthMax = 2
        limits.bytesMax = 6
        #expect(error("[[1]]", limits: limits) == nil)
        #expect(error("[[[]]]", limits: limits)?.reason == .tooDeep(max: 2))
        #expect(error("[1234]", limits: limits) == nil)
        #expect(error("[12345]", limits: limits)?.reason == .tooLarge(bytes: 7, max: 6))
        #expect(error(String(repeating: "[", count: 1_000_000))?.reason == .tooDeep(max: 128))
        #expect(error(String(repeating: "{\"a\":", count: 1_000_000))?.reason == .tooDeep(max: 128))
    }

    @Test func objectsKeepTheirOrder() {
        var object: JSONObject = ["z": .integer(1), "a": .null, "é": .bool(false)]
        #expect(text(.object(object)) == #"{"z":1,"a":null,"é":false}"#)
        #expect(text(.object(object), .canonical) == #"{"a":null,"z":1,"é":false}"#)
        #expect(object.append("a", .null) == false)
        object["z"] = nil
        object["b"] = .string("\"")
        object["a"] = .array([.number(0.5), .object(["y": .null, "x": .null])])
        #expect(text(.object(object)) == #"{"a":[0.5,{"y":null,"x":null}],"é":false,"b":"\""}"#)
        #expect(
            text(.object(object), .canonical)
                == #"{"a":[0.5,{"x":null,"y":null}],"b":"\"","é":false}"#)
        #expect(object["b"]?.string == "\"" && object.count == 3)
    }

    @Test func randomDocumentsAgreeWithFoundation() throws {
        var random = RandomJSON(7)
        for document in 0..<1_000 {
            let source = random.value(depth: 4)
            for damage in 0...4 {
                let bytes = damage == 0 ? Array(source.utf8) : random.damage(source)
                if bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) { continue }
                let value = try? JSONValue(parsing: unsafe bytes.span.bytes)
                let truth = try? JSONSerialization.jsonObject(
                    with: Data(bytes), options: .fragmentsAllowed)
                if value == nil, let error = error(String(decoding: bytes, as: UTF8.self)),
                    case .duplicateKey = error.reason
                {
                    continue
                }
                let note = "\(document).\(damage): \(String(decoding: bytes, as: UTF8.self))"
                guard let value, let truth else {
                    #expect(value == nil && truth == nil, "\(note)")
                    continue
                }
                #expect(isSame(value, truth), "\(note)")
                #expect(try JSONValue(parsing: text(value)) == integral(value), "\(note)")
            }
        }
    }

    /// The value as it is read back: whole numbers are written without a point.
    func integral(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let number):
            let written = text(value)
            return Int64(written).map { $0 == 0 && number.sign == .minus ? value : .integer($0) }
                ?? value
        case .array(let values): return .array(values.map(integral))
        case .object(let object):
            var copy = JSONObject()
            for (key, value) in zip(object.keys, object.values) {
                copy.append(key, integral(value))
            }
            return .object(copy)
        default: return value
        }
    }

    func isSame(_ value: JSONValue, _ truth: Any) -> Bool {
        switch value {
        case .null: return truth is NSNull
        case .bool(let bool): return (truth as? NSNumber)?.boolValue == bool
        case .integer(let integer): return (truth as? NSNumber)?.int64Value == integer
        case .number(let number):
            // By its text: an NSNumber from JSON is a decimal, whose `doubleValue` is not the
            // nearest.
            return (truth as? NSNumber).flatMap { Double($0.stringValue) } == number
        case .string(let string):
            return (truth as? String).map { Array($0.utf8) } == Array(string.utf8)
        case .array(let values):
            guard let others = truth as? [Any], others.count == values.count else { return false }
            return zip(values, others).allSatisfy(isSame)
        case .object(let object):
            guard let others = truth as? [String: Any], others.count == object.count else {
                return false
            }
            return zip(object.keys, object.values).allSatisfy { key, value in
                others[key].map { isSame(value, $0) } ?? false
            }
        }
    }
}
