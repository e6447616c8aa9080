internal import Glibc

/// Owns an open file descriptor, or borrows the standard input or output.
struct FileDescriptor: ~Copyable {
    let number: Int32
    let path: String
    private let isOwned: Bool

    /// Opens a file for reading; `-` is the standard input.
    init(reading path: String) throws(StorageError) {
        self =
            path == "-"
            ? FileDescriptor(number: STDIN_FILENO, path: path, isOwned: false)
            : try FileDescriptor(path: path, flags: O_RDONLY | O_CLOEXEC, mode: 0)
    }

    /// Creates a file that must not exist yet.
    init(creating path: String, mode: mode_t) throws(StorageError) {
        self = try FileDescriptor(
            path: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: mode)
    }

    /// Creates a file, or empties the one that is there; `-` is the standard output.
    init(replacing path: String) throws(StorageError) {
        self =
            path == "-"
            ? FileDescriptor(number: STDOUT_FILENO, path: path, isOwned: false)
            : try FileDescriptor(
                path: path, flags: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode: 0o644)
    }

    /// Opens a file to write behind its beginning, or creates it empty.
    init(continuing path: String) throws(StorageError) {
        self = try FileDescriptor(
            path: path, flags: O_WRONLY | O_CREAT | O_CLOEXEC, mode: 0o644)
    }

    /// Opens a directory, to synchronise it.
    init(directory path: String) throws(StorageError) {
        self = try FileDescriptor(
            path: path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode: 0)
    }

    private init(path: String, flags: Int32, mode: mode_t) throws(StorageError) {
        let number = unsafe open(path, flags, mode)
        guard number >= 0 else { throw .system(path: path, call: "open", code: errno) }
        self.init(number: number, path: path, isOwned: true)
    }

    private init(number: Int32, path: String, isOwned: Bool) {
        self.number = number
        self.path = path
        self.isOwned = isOwned
    }

    deinit {
        if isOwned { close(number) }
    }

    /// The size of a regular file; nil for pipes and devices.
    func size() -> Int? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return Int(status.st_size)
    }

    /// Reads up to the buffer's size; 0 at the end of the file.
    static func read(
        _ number: Int32, _ path: String, into buffer: UnsafeMutableRawBufferPointer
    ) -> Result<Int, StorageError> {
        while true {
            let count = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
            if count >= 0 { return .success(count) }
            guard errno == EINTR else {
                return .failure(.system(path: path, call: "read", code: errno))
            }
        }
    }

    /// Writes all bytes.
    func write(_ bytes: UnsafeRawBufferPointer) -> Result<Void, StorageError> {
        var done = 0
        while done < bytes.count {
            let count = unsafe Glibc.write(number, bytes.baseAddress! + done, bytes.count - done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                return .failure(.system(path: path, call: "write", code: errno))
            }
        }
        return .success(())
    }

    /// Waits until the file is on the disk.
    func synchronize() throws(StorageError) {
        guard fsync(number) == 0 else { throw .system(path: path, call: "fsync", code: errno) }
    }
}
