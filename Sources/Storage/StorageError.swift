internal import Glibc

/// Why a file cannot be read or written.
public enum StorageError: Error, Equatable, Sendable {
    /// A call of the operating system failed with this `errno`.
    case system(path: String, call: String, code: Int32)
    /// The compressed file ends inside a member or frame, after this many bytes.
    case truncated(path: String, byte: Int)
    /// The compressed file holds something else than its format at about this byte.
    case corrupt(path: String, byte: Int)
    /// A record is longer than allowed.
    case recordTooLong(path: String, line: Int, bytesMax: Int)
    /// The file ends inside a quoted CSV field of the record that begins on this line.
    case unclosedQuote(path: String, line: Int)
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let path, let call, let code):
            "\(path): \(call): \(unsafe String(cString: strerror(code)))"
        case .truncated(let path, let byte):
            "\(path): ends after byte \(byte) inside compressed data; expected the rest of it"
        case .corrupt(let path, let byte):
            "\(path): damaged near byte \(byte); expected compressed data"
        case .recordTooLong(let path, let line, let bytesMax):
            "\(path):\(line): the record is too long; expected at most \(bytesMax) bytes"
        case .unclosedQuote(let path, let line):
            "\(path):\(line): the file ends inside quotes; expected a closing quote"
        }
    }
}
