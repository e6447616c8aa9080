internal import Foundation

/// A file that an earlier run has left under the name of one that this run does not write.
enum Leftover {
    /// Removes it, if there is one.
    static func remove(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }
}
