internal import Foundation
internal import JSON
internal import Storage

extension JSONValue {
    /// Writes the document on one line, whole or not at all; `-` is the standard output.
    func write(to path: String) throws {
        guard path != "-" else { return Terminal.output.write(line) }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bytes = Array(line.utf8)
        try AtomicFile.write(unsafe bytes.span.bytes, to: path)
    }
}
