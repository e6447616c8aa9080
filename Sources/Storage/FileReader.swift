/// Reads a file from start to end, unpacked by its name: `.gz`, `.zst`, or as it is. For binary
/// content; lines and records are `RecordReader`'s.
public struct FileReader: ~Copyable {
    private var stream: FileStream
    /// As large as the largest read.
    private var room: [UInt8] = []

    public init(path: String) throws(StorageError) { stream = try FileStream(path: path) }

    /// Appends at most `count` bytes.
    ///
    /// - Returns: how many; 0 at the end of the file.
    public mutating func read(
        _ count: Int, into bytes: inout [UInt8]
    ) throws(StorageError) -> Int {
        var room: [UInt8] = []
        swap(&room, &self.room)
        defer { swap(&room, &self.room) }
        if room.count < count { room = [UInt8](repeating: 0, count: count) }
        var outcome = Result<Int, StorageError>.success(0)
        unsafe room.withUnsafeMutableBytes { buffer in
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            do throws(StorageError) {
                outcome = .success(try unsafe stream.read(into: part))
            } catch { outcome = .failure(error) }
        }
        let found = try outcome.get()
        bytes.append(contentsOf: room[..<found])
        return found
    }
}
