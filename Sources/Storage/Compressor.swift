internal import CZlib
internal import CZstd

/// What one step of compression did.
struct CompressionStep {
    var consumed: Int
    var produced: Int
    /// Whether everything that was given so far has come out, when it was the last input.
    var isAtEnd: Bool
}

/// One of the formats that files are written in.
enum Compressor: ~Copyable {
    case gzip(GzipOutput)
    case zstd(ZstdOutput)

    /// Compresses some of the input; nil when the library fails.
    func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> CompressionStep? {
        switch self {
        case .gzip(let stream): unsafe stream.step(input, isLast: isLast, into: output)
        case .zstd(let stream): unsafe stream.step(input, isLast: isLast, into: output)
        }
    }
}

/// Owns a zlib stream that writes one gzip member (RFC 1952).
@safe struct GzipOutput: ~Copyable {
    /// On the heap, because zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory.
    init?() {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream, Self.level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
        unsafe self.stream = stream
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// As `gzip` does.
    private static let level: Int32 = 6
    private static let memoryLevel: Int32 = 8
    /// The largest window, and 16 to write a gzip header (zlib.h, `deflateInit2`).
    private static let windowBits: Int32 = 15 + 16

    func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> CompressionStep? {
        let start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: start)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let status = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
        return unsafe CompressionStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out), isAtEnd: status == Z_STREAM_END)
    }
}

/// Owns a zstd stream that writes one frame with a checksum (RFC 8878).
@safe struct ZstdOutput: ~Copyable {
    private let stream: OpaquePointer

    /// Nil when there is no memory.
    init?() {
        guard let stream = unsafe ZSTD_createCCtx() else { return nil }
        unsafe ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1)
        unsafe self.stream = stream
    }

    deinit { unsafe ZSTD_freeCCtx(stream) }

    func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> CompressionStep? {
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let mode = isLast ? ZSTD_e_end : ZSTD_e_continue
        let status = unsafe ZSTD_compressStream2(stream, &target, &source, mode)
        guard ZSTD_isError(status) == 0 else { return nil }
        return unsafe CompressionStep(
            consumed: source.pos, produced: target.pos, isAtEnd: status == 0)
    }
}
