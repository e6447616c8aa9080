import Foundation
import Storage
import TestSupport
import Testing

/// Compressed files against the command-line tools.
@Suite struct CompressionTests {
    static let tools: [(suffix: String, command: String)] = [
        ("gz", "gzip -c"), ("zst", "zstd -q -c"),
    ].filter { hasTool(String($0.1.prefix { $0 != " " })) }

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Lines that compress well, badly, and hardly at all.
    func lines(_ seed: UInt64) -> [String] {
        var random = SeededGenerator(seed)
        return (0..<4_000).map { line in
            switch seed % 3 {
            case 0: "same line \(line % 2)"
            case 1: "\(line),\(random.next())"
            default: (0..<8).map { _ in String(random.next(), radix: 36) }.joined()
            }
        }
    }

    @Test(arguments: tools.map(\.suffix), UInt64(0)..<6)
    func filesOfTheToolsAreRead(suffix: String, seed: UInt64) throws {
        let command = try #require(Self.tools.first { $0.suffix == suffix }?.command)
        let lines = lines(seed)
        _ = try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), "x")
        #expect(try folder.shell("\(command) x > x.\(suffix)"))
        #expect(
            read("\(folder.path)/x.\(suffix)")
                == Reading(records: lines, lines: Array(1...lines.count)))
    }

    @Test(arguments: tools.map(\.suffix)) func membersFollowEachOther(suffix: String) throws {
        let command = try #require(Self.tools.first { $0.suffix == suffix }?.command)
        _ = try folder.write(Array("a\nb".utf8), "x")
        _ = try folder.write(Array("c\nd\n".utf8), "y")
        _ = try folder.write([], "z")
        let parts = ["x", "z", "y", "z"].map { "\(command) \($0)" }.joined(separator: "; ")
        #expect(try folder.shell("(\(parts)) > all.\(suffix)"))
        #expect(read("\(folder.path)/all.\(suffix)").records == ["a", "bc", "d"])
    }

    @Test(arguments: tools.map(\.suffix)) func everyTruncationIsAnError(suffix: String) throws {
        let command = try #require(Self.tools.first { $0.suffix == suffix }?.command)
        _ = try folder.write(Array("some line\nanother line\n".utf8), "x")
        #expect(try folder.shell("\(command) x > x.\(suffix)"))
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/x.\(suffix)")))
        for count in whole.indices {
            let path = try folder.write(Array(whole[..<count]), "cut.\(suffix)")
            #expect(read(path).error == .truncated(path: path, byte: count), "\(count) bytes")
        }
    }

    @Test(arguments: tools.map(\.suffix)) func damageIsAnErrorAndNeverAnotherContent(suffix: String)
        throws
    {
        let command = try #require(Self.tools.first { $0.suffix == suffix }?.command)
        let check = suffix == "zst" ? "zstd -q -c --check" : command
        let lines = lines(1)
        _ = try folder.write(Array(lines.joined(separator: "\n").utf8), "x")
        #expect(try folder.shell("\(check) x > x.\(suffix)"))
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/x.\(suffix)")))
        var random = SeededGenerator(9)
        for _ in 0..<40 {
            var bytes = whole
            let at = Int.random(in: 0..<bytes.count, using: &random)
            bytes[at] ^= UInt8.random(in: 1...255, using: &random)
            let path = try folder.write(bytes, "bad.\(suffix)")
            let reading = read(path)
            switch reading.error {
            case .corrupt(let named, let byte):
                #expect(named == path && (0...bytes.count).contains(byte))
            case .truncated(let named, _): #expect(named == path)
            case .recordTooLong: break
            case nil: #expect(reading.records == lines, "changed byte \(at) unnoticed")
            default: Issue.record("byte \(at): \(reading.error as Any)")
            }
        }
    }

    @Test(arguments: ["gz", "zst"]) func whatIsNotCompressedIsCorrupt(suffix: String) throws {
        let path = try folder.write(Array("plain text\n".utf8), "x.\(suffix)")
        #expect(read(path).error == .corrupt(path: path, byte: 0))
        let empty = try folder.write([], "empty.\(suffix)")
        #expect(read(empty).error == .truncated(path: empty, byte: 0))
    }

    @Test(.enabled(if: hasTool("gzip"))) func largeExpansionStaysBounded() throws {
        #expect(try folder.shell("head -c 50000000 /dev/zero | gzip -c > x.gz"))
        let path = "\(folder.path)/x.gz"
        #expect(read(path).error == .recordTooLong(path: path, line: 1, bytesMax: 1 << 20))
    }
}
