internal import CZlib
internal import CZstd

/// What one step of decompression did.
struct DecompressionStep {
    var consumed: Int
    var produced: Int
    /// Whether a gzip member or zstd frame ended.
    var isAtEnd = false
}

/// One of the formats that files are read in.
enum Decompressor: ~Copyable {
    case gzip(GzipStream)
    case zstd(ZstdStream)

    /// Decompresses some of the input; nil when it is not of the format.
    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep? {
        switch self {
        case .gzip(let stream): unsafe stream.step(input, into: output)
        case .zstd(let stream): unsafe stream.step(input, into: output)
        }
    }
}

/// Owns a zlib stream that reads gzip members, one after another (RFC 1952 §2.2).
@safe struct GzipStream: ~Copyable {
    /// On the heap, because zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory.
    init?() {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe inflateInit2_(
            stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
        unsafe self.stream = stream
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// The largest window, and 16 to expect a gzip header (zlib.h, `inflateInit2`).
    private static let windowBits: Int32 = 15 + 16

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep? {
        let start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: start)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
        let step = unsafe DecompressionStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out), isAtEnd: status == Z_STREAM_END)
        if step.isAtEnd { unsafe inflateReset(stream) }
        return step
    }
}

/// Owns a zstd stream that reads frames, one after another (RFC 8878 §3).
@safe struct ZstdStream: ~Copyable {
    private let stream: OpaquePointer

    /// Nil when there is no memory.
    init?() {
        guard let stream = unsafe ZSTD_createDStream() else { return nil }
        unsafe self.stream = stream
    }

    deinit { unsafe ZSTD_freeDStream(stream) }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep? {
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = unsafe ZSTD_decompressStream(stream, &target, &source)
        guard ZSTD_isError(status) == 0 else { return nil }
        return unsafe DecompressionStep(
            consumed: source.pos, produced: target.pos, isAtEnd: status == 0)
    }
}
