import Foundation
import Storage
import Testing

@Suite struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    }

    @Test func contentIsReplacedAsAWhole() throws {
        let path = "\(folder.path)/model.json"
        for content in [Array("first".utf8), [], Array(repeating: 7, count: 3_000_000)] as [[UInt8]]
        {
            try AtomicFile.write(unsafe content.span.bytes, to: path)
            #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == content)
            #expect(names == ["model.json"])
        }
    }

    @Test func aFailureLeavesNothingBehind() throws {
        let path = "\(folder.path)/taken"
        try FileManager.default.createDirectory(
            atPath: "\(path)/full", withIntermediateDirectories: true)
        #expect(throws: StorageError.system(path: path, call: "rename", code: EISDIR)) {
            try AtomicFile.write(unsafe [UInt8](repeating: 1, count: 3).span.bytes, to: path)
        }
        #expect(names == ["taken"])
        let missing = "\(folder.path)/no/such/file"
        #expect(throws: StorageError.self) {
            try AtomicFile.write(unsafe [UInt8](repeating: 1, count: 3).span.bytes, to: missing)
        }
    }
}
