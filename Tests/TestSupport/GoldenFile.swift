internal import Foundation

/// Files beside the tests that pin stored formats: hexadecimal bytes, any white space between.
public enum GoldenFile {
    /// The bytes of `Tests/Golden/<name>`, or nil when it is absent or not hexadecimal.
    public static func bytes(_ name: String) -> [UInt8]? {
        guard let text = text(name) else { return nil }
        let digits = text.compactMap { $0.isWhitespace ? nil : $0.hexDigitValue.map(UInt8.init) }
        guard digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The UTF-8 text of `Tests/Golden/<name>`.
    public static func text(_ name: String) -> String? {
        let path = "\(SharedData.packageRoot)/Tests/Golden/\(name)"
        return try? String(contentsOfFile: path, encoding: .utf8)
    }
}

extension SharedData {
    /// The UTF-8 text of `schemas/examples/<name>`.
    public static func schemaExample(_ name: String) -> String? {
        try? String(contentsOfFile: "\(packageRoot)/schemas/examples/\(name)", encoding: .utf8)
    }
}
