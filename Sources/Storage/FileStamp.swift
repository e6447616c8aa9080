internal import Glibc

/// What tells that a file may have changed, without reading it.
public struct FileStamp: Equatable, Sendable {
    public let byteCount: Int
    /// Of its last change, nanoseconds since the Unix epoch.
    let modifiedNanos: Int
    let inode: UInt

    /// Nil where there is no such file, or it may not be looked at.
    public init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        byteCount = Int(status.st_size)
        modifiedNanos = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
        inode = status.st_ino
    }
}
