internal import Foundation

/// Reference data that lives beside the repository and is not part of it.
public enum SharedData {
    /// `$ESPALIER_SHARED`, else `../shared` from the package's root.
    private static let root: URL =
        if let path = ProcessInfo.processInfo.environment["ESPALIER_SHARED"] {
            URL(fileURLWithPath: path)
        } else {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("../shared").standardized
        }

    public static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// The lines of a text file; one whose name ends in `.gz` is unpacked by `gzip`.
    public static func lines(_ path: String) throws -> [Substring] {
        let file = root.appendingPathComponent("data").appendingPathComponent(path)
        let data = try path.hasSuffix(".gz") ? unpack(file) : Data(contentsOf: file)
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }

    private static func unpack(_ file: URL) throws -> Data {
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", file.path]
        gzip.standardOutput = output
        try gzip.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        return data
    }
}
