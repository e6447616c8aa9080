/// Small files that are read in one piece.
public enum WholeFile {
    /// The file's bytes, unpacked by its name (`.gz`, `.zst`); `-` is the standard input.
    ///
    /// - Throws: `recordTooLong` for a file of more than `bytesMax` unpacked bytes.
    public static func read(_ path: String, bytesMax: Int) throws(StorageError) -> [UInt8] {
        var stream = try FileStream(path: path)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        while true {
            var outcome = Result<Int, StorageError>.success(0)
            unsafe chunk.withUnsafeMutableBytes { buffer in
                do throws(StorageError) {
                    outcome = .success(try unsafe stream.read(into: buffer))
                } catch { outcome = .failure(error) }
            }
            let count = try outcome.get()
            guard count > 0 else { return bytes }
            guard bytes.count + count <= bytesMax else {
                throw .recordTooLong(path: path, line: 1, bytesMax: bytesMax)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static let chunkBytes = 64 << 10
}
