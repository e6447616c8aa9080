internal import Glibc

/// An exclusive lock among processes and threads (`flock`), held as long as the value lives. The
/// kernel gives it back when the holder dies, however it dies.
public struct FileLock: ~Copyable {
    private let file: FileDescriptor

    private static let pauseMillis = 5

    /// Takes the lock of a file, which is created empty where there is none.
    ///
    /// - Parameter patienceMillis: how long a holder is waited for.
    /// - Throws: `StorageError.system` with `EWOULDBLOCK` when another held it all the while.
    public init(_ path: String, patienceMillis: Int) throws(StorageError) {
        let file = try FileDescriptor(continuing: path)
        let attempts = max(1, patienceMillis / Self.pauseMillis)
        for attempt in 1...attempts {
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { break }
            let code = errno
            guard code == EINTR || code == EWOULDBLOCK, attempt < attempts else {
                throw .system(path: path, call: "flock", code: code)
            }
            usleep(UInt32(Self.pauseMillis * 1_000))
        }
        self.file = file
    }
}
