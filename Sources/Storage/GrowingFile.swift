internal import Glibc

/// Files that only grow, by pieces that their reader can tell from half a piece.
public enum GrowingFile {
    /// Writes a piece behind the first `length` bytes, which are all that counts so far, and waits
    /// until it is on the disk. What a killed writer left behind them is cut off first. A new
    /// file's directory is synchronised too.
    ///
    /// - Precondition: the caller keeps other writers away (`FileLock`).
    public static func append(
        _ piece: borrowing RawSpan, to path: String, after length: Int
    ) throws(StorageError) {
        let file = try FileDescriptor(continuing: path)
        guard ftruncate(file.number, length) == 0 else {
            throw .system(path: path, call: "ftruncate", code: errno)
        }
        guard lseek(file.number, length, SEEK_SET) == length else {
            throw .system(path: path, call: "lseek", code: errno)
        }
        let written = unsafe piece.withUnsafeBytes { unsafe file.write($0) }
        try written.get()
        try file.synchronize()
        if length == 0 { try Folder.synchronize(containing: path) }
    }
}
