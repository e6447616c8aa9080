import Bytes
import JSON
import Testing

@testable import espalier

@Suite struct CSVObjectsTests {
    private func object(
        _ header: String, _ row: String, strings: [String] = []
    ) throws -> (text: String, problem: String?) {
        var objects = try CSVObjects(
            header: unsafe header.utf8Span.span.bytes, strings: strings)
        var writer = ByteWriter()
        let problem = objects.append(unsafe row.utf8Span.span.bytes, to: &writer)
        return (String(decoding: writer.copy(), as: UTF8.self), problem)
    }

    @Test func numbersStayNumbersAndTextsBecomeStrings() throws {
        let header = "a,b,c,d,e,f"
        let found = try object(header, "12,-1.50e3,007,1e,,\"\"")
        #expect(found.problem == nil)
        #expect(found.text == #"{"a":12,"b":-1.50e3,"c":"007","d":"1e","f":""}"#)
        let strings = try object(header, "12,x,7,\"7\",8,9", strings: ["a", "d"])
        #expect(strings.text == #"{"a":"12","b":"x","c":7,"d":"7","e":8,"f":9}"#)
    }

    @Test func quotesAndControlCharactersAreEscaped() throws {
        let found = try object("name,text", "\"a \"\"b\"\", c\",x\u{1}\\\té")
        #expect(found.text == #"{"name":"a \"b\", c","text":"x\u0001\\\té"}"#)
        let parsed = try JSONValue(parsing: found.text)
        #expect(parsed["name"]?.string == "a \"b\", c")
    }

    @Test func faultyRowsAreRefused() throws {
        #expect(try object("a,b", "1").problem == "found 1 columns; expected 2")
        #expect(try object("a,b", "1,2,3").problem == "found more than 2 columns")
        #expect(try object("a,b", "1,x\"y\"").problem == "found a stray quote in column 2")
        #expect(try object("a,b", ",").text == "{}")
        #expect(throws: Failure.self) { try object("a,a", "1,2") }
        #expect(throws: Failure.self) { try object("a,b", "1,2", strings: ["c"]) }
    }

    @Test(arguments: ["0", "-0", "12", "1.5", "0.5", "1e5", "1E+5", "-1.25e-10"])
    func theseAreNumbers(text: String) throws {
        #expect(JSONNumberText.matches(unsafe text.utf8Span.span.bytes))
        #expect(try JSONValue(parsing: text).double != nil)
    }

    @Test(arguments: [
        "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "NaN", " 1", "1 ", "--1",
    ])
    func theseAreNot(text: String) {
        #expect(!JSONNumberText.matches(unsafe text.utf8Span.span.bytes))
    }
}
