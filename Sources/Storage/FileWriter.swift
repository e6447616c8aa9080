internal import Glibc

/// Writes a file from start to end, compressed by its name: `.gz`, `.zst`, or as it is; `-` is the
/// standard output. For output that grows with its input; small files that must be whole or absent
/// are `AtomicFile`'s.
///
/// Memory: two buffers of 256 KiB and what the format needs. Without `finish` the file lacks its
/// end.
public struct FileWriter: ~Copyable {
    private let file: FileDescriptor
    private let compressor: Compressor?
    private var waiting: [UInt8] = []
    private var output: [UInt8]
    /// Bytes appended, before compression.
    public private(set) var byteCount = 0

    private static let bufferBytes = 256 << 10

    /// Creates the file, or empties the one that is there.
    public init(path: String) throws(StorageError) {
        let file = try FileDescriptor(replacing: path)
        let compressor = try Self.compressor(for: path)
        output = Array(repeating: 0, count: compressor == nil ? 0 : Self.bufferBytes)
        self.file = file
        self.compressor = compressor
        waiting.reserveCapacity(Self.bufferBytes)
    }

    private static func compressor(for path: String) throws(StorageError) -> Compressor? {
        if path.hasSuffix(".gz") {
            guard let stream = GzipOutput() else { throw noMemory(path) }
            return .gzip(stream)
        }
        if path.hasSuffix(".zst") {
            guard let stream = ZstdOutput() else { throw noMemory(path) }
            return .zstd(stream)
        }
        return nil
    }

    private static func noMemory(_ path: String) -> StorageError {
        .system(path: path, call: "malloc", code: ENOMEM)
    }

    /// Appends the bytes; they reach the file at the latest with `flush` or `finish`.
    public mutating func append(_ bytes: borrowing RawSpan) throws(StorageError) {
        byteCount += bytes.byteCount
        unsafe bytes.withUnsafeBytes { unsafe waiting.append(contentsOf: $0) }
        if waiting.count >= Self.bufferBytes { try flush() }
    }

    /// Hands everything appended to the file, or to the compressor, which keeps back what it needs.
    public mutating func flush() throws(StorageError) { try write(isLast: false) }

    /// Writes what is left and the end of the format.
    public mutating func finish() throws(StorageError) { try write(isLast: true) }

    /// Waits until what was written is on the disk.
    public func synchronize() throws(StorageError) { try file.synchronize() }

    private mutating func write(isLast: Bool) throws(StorageError) {
        guard compressor != nil else {
            let written = unsafe waiting.withUnsafeBytes { unsafe file.write($0) }
            try written.get()
            waiting.removeAll(keepingCapacity: true)
            return
        }
        var done = 0
        while true {
            let step = try compress(from: done, isLast: isLast)
            done += step.consumed
            let produced = unsafe output.withUnsafeBytes {
                unsafe file.write(UnsafeRawBufferPointer(rebasing: $0[..<step.produced]))
            }
            try produced.get()
            if isLast ? step.isAtEnd : done == waiting.count && step.produced < output.count {
                break
            }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private mutating func compress(
        from start: Int, isLast: Bool
    ) throws(StorageError) -> CompressionStep {
        let step = unsafe output.withUnsafeMutableBytes { target in
            unsafe waiting.withUnsafeBytes { source in
                unsafe compressor!.step(
                    UnsafeRawBufferPointer(rebasing: source[start...]), isLast: isLast, into: target
                )
            }
        }
        guard let step else { throw .system(path: file.path, call: "compress", code: EIO) }
        return step
    }
}
