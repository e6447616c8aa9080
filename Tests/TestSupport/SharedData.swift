internal import Foundation

/// Reference data that lives beside the repository and is not part of it: `$ESPALIER_SHARED`, else
/// `../shared` from the package's root.
public enum SharedData {
    /// The folder of `Package.swift`.
    public static var packageRoot: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }

    public static var root: String {
        ProcessInfo.processInfo.environment["ESPALIER_SHARED"] ?? "\(packageRoot)/../shared"
    }

    /// The path of a file of the data, or nil where it is absent.
    public static func path(_ name: String) -> String? {
        let path = "\(root)/data/\(name)"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    public static func has(_ name: String) -> Bool { path(name) != nil }

    /// The lines of a text file; one whose name ends in `.gz` is unpacked by `gzip`.
    public static func lines(_ name: String) throws -> [Substring] {
        try String(decoding: bytes(name), as: UTF8.self).split(separator: "\n")
    }

    /// The content of a file, unpacked if its name ends in `.gz`.
    public static func bytes(_ name: String) throws -> [UInt8] {
        let file = URL(fileURLWithPath: "\(root)/data/\(name)")
        return Array(try name.hasSuffix(".gz") ? unpack(file) : Data(contentsOf: file))
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
