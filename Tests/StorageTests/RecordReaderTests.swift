import Foundation
import Storage
import TestSupport
import Testing

/// What a reader gave: each record with its line, then the error if there was one.
struct Reading: Equatable {
    var records: [String] = []
    var lines: [Int] = []
    var error: StorageError?
}

func read(
    _ path: String, _ form: RecordReader.Form = .lines,
    recordBytesMax: Int = RecordReader.recordBytesMax
) -> Reading {
    var reading = Reading()
    do throws(StorageError) {
        var reader = try RecordReader(path: path, form: form, recordBytesMax: recordBytesMax)
        while try reader.advance() {
            reading.records.append(
                unsafe reader.record.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
            reading.lines.append(reader.line)
        }
        let isSpent = try reader.advance() == false
        #expect(isSpent)
        if let total = reader.bytesTotal { #expect(reader.bytesRead == total) }
    } catch {
        reading.error = error
    }
    return reading
}

@Suite struct RecordReaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func linesComeWithTheirNumbers() throws {
        let path = try folder.write(Array("\u{FEFF}a\r\n\n\r\nbb\n c \nlast".utf8), "x.ndjson")
        #expect(read(path) == Reading(records: ["a", "bb", " c ", "last"], lines: [1, 4, 5, 6]))
        #expect(read(try folder.write([], "empty")) == Reading())
        #expect(read(try folder.write([0x0A, 0x0A], "blank")) == Reading())
        #expect(read(try folder.write([0xEF, 0xBB, 0xBF], "mark")) == Reading())
        #expect(read(try folder.write([0xEF], "half")).records.count == 1)
    }

    @Test func recordsMayHoldLineEndsInsideQuotes() throws {
        let text =
            "id,name\n1,\"a\nb\"\n2,\"x\"\"\n\n\"\"\"\r\n3,5\" tall\n4,\"\"\n"
            + "\"5\",\"a,\"\"\r\n\"\n6,x"
        let path = try folder.write(Array(text.utf8), "x.csv")
        #expect(
            read(path, .csv)
                == Reading(
                    records: [
                        "id,name", "1,\"a\nb\"", "2,\"x\"\"\n\n\"\"\"", "3,5\" tall", "4,\"\"",
                        "\"5\",\"a,\"\"\r\n\"", "6,x",
                    ],
                    lines: [1, 2, 4, 7, 8, 9, 11]))
        #expect(read(path, .lines).records.count == 10)
        let open = try folder.write(Array("a\nb,\"c\nd\n".utf8), "open.csv")
        #expect(read(open, .csv).error == .unclosedQuote(path: open, line: 2))
        let other = try folder.write(Array("a;\"b\n\"\nc,\"d;e".utf8), "other.csv")
        #expect(
            read(other, .csv(delimiter: UInt8(ascii: ";"))).records == ["a;\"b\n\"", "c,\"d;e"])
    }

    @Test func longRecordsAreRefused() throws {
        let path = try folder.write(Array("ok\n12345678\n123456789\nok\n".utf8), "x")
        let reading = read(path, recordBytesMax: 8)
        #expect(reading.records == ["ok", "12345678"])
        #expect(reading.error == .recordTooLong(path: path, line: 3, bytesMax: 8))
        let endless = try folder.write(Array(repeating: 0x61, count: 3 << 20), "endless")
        #expect(read(endless).error == .recordTooLong(path: endless, line: 1, bytesMax: 1 << 20))
        #expect(read(endless, recordBytesMax: 3 << 20).records.map(\.utf8.count) == [3 << 20])
    }

    @Test func recordsAcrossBufferEndsAreWhole() throws {
        var random = SeededGenerator(1)
        let lines = (0..<3_000).map { line in
            "\(line)," + String(repeating: "x", count: Int.random(in: 0...900, using: &random))
        }
        let path = try folder.write(Array(lines.joined(separator: "\n").utf8), "x")
        #expect(read(path).records == lines)
        #expect(read(path, .csv).records == lines)
    }

    @Test func filesThatCannotBeReadAreNamed() {
        #expect(read("/nowhere/x").error == .system(path: "/nowhere/x", call: "open", code: ENOENT))
        #expect(read("/tmp").error == .system(path: "/tmp", call: "read", code: EISDIR))
        #expect(
            read("/nowhere/x").error?.description == "/nowhere/x: open: No such file or directory")
    }

    @Test func progressEndsAtTheSize() throws {
        let path = try folder.write(Array(repeating: UInt8(ascii: "\n"), count: 1_000), "x")
        let reader = try RecordReader(path: path, form: .lines)
        #expect(reader.bytesTotal == 1_000 && reader.bytesRead == 0)
        #expect(try RecordReader(path: "/dev/null", form: .lines).bytesTotal == nil)
    }

    @Test func theStandardInputIsRead() throws {
        let path = try folder.write(Array("a\nb".utf8), "x")
        let kept = dup(STDIN_FILENO)
        let file = unsafe open(path, O_RDONLY)
        defer {
            dup2(kept, STDIN_FILENO)
            close(kept)
        }
        try #require(file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO)
        close(file)
        #expect(read("-") == Reading(records: ["a", "b"], lines: [1, 2]))
        #expect(dup2(STDIN_FILENO, STDIN_FILENO) == STDIN_FILENO, "the reader does not close it")
    }
}
