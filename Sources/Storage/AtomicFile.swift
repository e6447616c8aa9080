internal import Glibc

/// Files that are replaced as a whole: after a crash either the old or the new content stands
/// there.
public enum AtomicFile {
    /// Writes a temporary file beside `path`, synchronises it, renames it over `path` and
    /// synchronises the directory. On an error `path` is as it was, unless the last step failed.
    public static func write(_ bytes: borrowing RawSpan, to path: String) throws(StorageError) {
        let temporary = "\(path).\(getpid()).tmp"
        unsafe unlink(temporary)
        do throws(StorageError) {
            try fill(temporary, bytes)
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try move(temporary, to: path)
    }

    /// Puts a file that is complete and on the disk in the place of another, or where none is.
    public static func move(_ temporary: String, to path: String) throws(StorageError) {
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            unsafe unlink(temporary)
            throw .system(path: path, call: "rename", code: code)
        }
        try Folder.synchronize(containing: path)
    }

    private static func fill(_ path: String, _ bytes: borrowing RawSpan) throws(StorageError) {
        let file = try FileDescriptor(creating: path, mode: 0o644)
        let written = unsafe bytes.withUnsafeBytes { unsafe file.write($0) }
        try written.get()
        try file.synchronize()
    }
}
