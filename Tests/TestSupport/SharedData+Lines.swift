internal import Foundation

extension SharedData {
    /// Whether a file or folder of the data is there.
    public static func has(_ name: String) -> Bool { path(name) != nil }

    /// The lines of a text file; one whose name ends in `.gz` is unpacked by `gzip`.
    public static func lines(_ name: String) throws -> [Substring] {
        let file = URL(fileURLWithPath: "\(root)/data/\(name)")
        let data = try name.hasSuffix(".gz") ? unpack(file) : Data(contentsOf: file)
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
