import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct FileWriterTests {
    /// What is written reads back, whatever the compression and the sizes of the pieces.
    @Test(arguments: ["plain", "packed.gz", "packed.zst"])
    func whatIsWrittenReadsBack(name: String) throws {
        let path = NSTemporaryDirectory() + "\(UUID().uuidString)-\(name)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (seed, count) in [(UInt64(1), 0), (2, 1), (3, 40), (4, 900)] {
            var random = SeededGenerator(seed)
            var expected: [UInt8] = []
            var writer = try FileWriter(path: path)
            for piece in 0..<count {
                let size = Int.random(in: 0...4_000, using: &random)
                // Half of the pieces compress well.
                let bytes = (0..<size).map { _ in
                    piece % 2 == 0 ? UInt8(ascii: "a") : UInt8.random(in: 0...255, using: &random)
                }
                expected += bytes
                try writer.append(unsafe bytes.span.bytes)
                if piece % 100 == 50 { try writer.flush() }
            }
            #expect(writer.byteCount == expected.count)
            try writer.finish()
            #expect(try WholeFile.read(path, bytesMax: 1 << 30) == expected)
        }
    }

    @Test func otherProgramsReadIt() throws {
        for (suffix, tool) in [("gz", "gzip"), ("zst", "zstd")] {
            let path = NSTemporaryDirectory() + "\(UUID().uuidString).\(suffix)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            var writer = try FileWriter(path: path)
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
            try writer.append(unsafe bytes.span.bytes)
            try writer.finish()
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [tool, "-dcq", path]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let found = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            // 127: there is no such program here.
            if process.terminationStatus != 127 { #expect(Array(found) == bytes) }
        }
    }

    @Test func aWholeFileHasALimit() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 0, count: 1_000).write(to: URL(fileURLWithPath: path))
        #expect(try WholeFile.read(path, bytesMax: 1_000).count == 1_000)
        #expect(throws: StorageError.recordTooLong(path: path, line: 1, bytesMax: 999)) {
            try WholeFile.read(path, bytesMax: 999)
        }
    }
}
