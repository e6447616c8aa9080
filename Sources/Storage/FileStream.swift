internal import Glibc

/// The bytes of a file from start to end, decompressed by its name: `.gz`, `.zst`, or as they are.
///
/// Memory: one input buffer, and what the format's window needs (32 KiB for gzip, at most 128 MiB
/// for zstd).
struct FileStream: ~Copyable {
    private let file: FileDescriptor
    private let decompressor: Decompressor?
    private var input: [UInt8]
    private var pending = 0..<0
    /// Whether output was left behind for want of room.
    private var isFull = false
    /// Whether a member or frame has ended and none has begun since.
    private var isBetween = false
    private var bytesFetched = 0
    let bytesTotal: Int?

    static let inputBytes = 64 << 10

    init(path: String) throws(StorageError) {
        let file = try FileDescriptor(reading: path)
        let decompressor = try Self.decompressor(for: path)
        bytesTotal = file.size()
        input = Array(repeating: 0, count: decompressor == nil ? 0 : Self.inputBytes)
        self.file = file
        self.decompressor = decompressor
    }

    private static func decompressor(for path: String) throws(StorageError) -> Decompressor? {
        let noMemory = StorageError.system(path: path, call: "malloc", code: ENOMEM)
        if path.hasSuffix(".gz") {
            guard let stream = GzipStream() else { throw noMemory }
            return .gzip(stream)
        }
        if path.hasSuffix(".zst") {
            guard let stream = ZstdStream() else { throw noMemory }
            return .zstd(stream)
        }
        return nil
    }

    var path: String { file.path }

    /// Bytes of the file used so far, as they stand on the disk.
    var bytesRead: Int { bytesFetched - pending.count }

    /// Fills some of the buffer; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        guard decompressor != nil else {
            let count = try unsafe FileDescriptor.read(file.number, path, into: buffer).get()
            bytesFetched += count
            return count
        }
        while true {
            if pending.isEmpty && !isFull {
                guard try fetch() else { return 0 }
            }
            let produced = try unsafe decompress(into: buffer)
            if produced > 0 { return produced }
        }
    }

    /// Reads more of the file; false at its end, which must be the end of the compressed data too.
    private mutating func fetch() throws(StorageError) -> Bool {
        let count = try unsafe input.withUnsafeMutableBytes { [path = file.path] buffer in
            unsafe FileDescriptor.read(file.number, path, into: buffer)
        }.get()
        bytesFetched += count
        pending = 0..<count
        if count == 0 && !isBetween { throw .truncated(path: path, byte: bytesFetched) }
        return count > 0
    }

    private mutating func decompress(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(StorageError) -> Int {
        let step = unsafe input.withUnsafeBytes {
            unsafe decompressor!.step(UnsafeRawBufferPointer(rebasing: $0[pending]), into: buffer)
        }
        let isStuck = step.map { !pending.isEmpty && $0.consumed + $0.produced == 0 } ?? true
        guard let step, !isStuck else { throw .corrupt(path: path, byte: bytesRead) }
        pending = pending.lowerBound + step.consumed..<pending.upperBound
        isFull = step.produced == buffer.count
        isBetween = step.isAtEnd || (isBetween && step.consumed == 0)
        return step.produced
    }
}
