import Bytes
import CAllocationCounter
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(quoted: unsafe bytes.span.bytes)
        return writer.copy()
    }

    func text(_ write: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter()
        write(&writer)
        return String(decoding: writer.copy(), as: UTF8.self)
    }

    @Test func everyByteAtEveryPlaceIsReadBack() throws {
        for byte in UInt8(0)..<0x80 {
            for before in 0...9 {
                let bytes =
                    Array(repeating: UInt8(ascii: "a"), count: before) + [byte]
                    + Array("bcdefghijk".utf8)
                let read = try JSONSerialization.jsonObject(
                    with: Data(quoted(bytes)), options: .fragmentsAllowed)
                #expect(
                    read as? String == String(decoding: bytes, as: UTF8.self),
                    "\(byte) at \(before)")
            }
        }
    }

    @Test func whatIsNotUTF8IsReplacedAsTheStandardLibraryDoes() throws {
        var random = SeededGenerator(1)
        let pieces: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xF0, 0x9F, 0x98, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x61],
            [0x22], [0x0A],
            [0xE0, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
            Array("a longer plain run of text".utf8),
        ]
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in
                pieces.randomElement(using: &random)!
            }
            let output = quoted(bytes)
            let isValid = String(validating: output, as: UTF8.self) != nil
            #expect(isValid, "\(bytes)")
            let read = try JSONSerialization.jsonObject(
                with: Data(output), options: .fragmentsAllowed)
            let expected = String(decoding: bytes, as: UTF8.self)
            #expect((read as? String).map { Array($0.utf8) } == Array(expected.utf8), "\(bytes)")
        }
    }

    @Test func keysAndNumbers() {
        #expect(text { $0.append(key: "a\"b") } == #""a\"b":"#)
        #expect(text { $0.append(quoted: "\u{1F}\t\u{7F}é") } == "\"\\u001f\\t\u{7F}é\"")
        #expect(text { $0.append(number: 0.1) } == "0.1")
        #expect(text { $0.append(number: -0.0) } == "-0")
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(text { $0.append(number: value) } == "null")
        }
    }

    @Test func numbersAreReadBackExactly() throws {
        var random = SeededGenerator(2)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let written = text { $0.append(number: value) }
            #expect(Double(written) == value)
            #expect(
                written.utf8.count <= "\(value)".utf8.count + 1, "\(written) is not the shortest")
        }
    }

    @Test(.enabled(if: isOptimized)) func writingAllocatesNothing() {
        var writer = ByteWriter(reservingCapacity: 4_096)
        let bytes = Array("some text with \"quotes\", é, \u{1} and \\ in it".utf8)
        var count: UInt64 = 0
        for turn in 0...100 {
            if turn == 1 { count = allocation_count() }
            writer.removeAll()
            writer.append(quoted: unsafe bytes.span.bytes)
            writer.append(key: "a key that is longer than a small string")
            writer.append(number: 0.1 + Double(turn))
        }
        #expect(allocation_count() == count)
    }
}
