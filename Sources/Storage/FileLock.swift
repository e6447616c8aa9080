internal import Glibc

/// An exclusive lock among processes and threads (`flock`), held as long as the value lives. The
/// kernel gives it back when the holder dies, however it dies.
public struct FileLock: ~Copyable {
    private let file: FileDescriptor

    /// How long a holder is waited for: 12,000 pauses of 5 ms, one minute.
    public static let attemptsMax = 12_000
    private static let pauseMicros: UInt32 = 5_000

    /// Takes the lock of a file, which is created empty where there is none.
    ///
    /// - Throws: `StorageError.system` with `EWOULDBLOCK` when another held it all the while.
    public init(_ path: String, attempts: Int = attemptsMax) throws(StorageError) {
        let file = try FileDescriptor(continuing: path)
        for attempt in 1...max(1, attempts) {
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { break }
            let code = errno
            guard code == EINTR || code == EWOULDBLOCK, attempt < attempts else {
                throw .system(path: path, call: "flock", code: code)
            }
            usleep(Self.pauseMicros)
        }
        self.file = file
    }
}
