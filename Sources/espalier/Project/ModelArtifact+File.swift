internal import Foundation
internal import Model
internal import Storage

extension ModelArtifact {
    /// Writes the document whole or not at all; makes the folder if there is none.
    func write(to path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try AtomicFile.write(unsafe bytes.span.bytes, to: path)
    }
}
