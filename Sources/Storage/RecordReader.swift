internal import Glibc

/// The records of a file one after another, in bounded memory: lines (NDJSON), or CSV records,
/// whose quoted fields may hold line ends. Empty lines and a byte order mark are skipped.
///
/// `path` may end in `.gz` or `.zst`, or be `-` for the standard input. A record is lent from the
/// read buffer without a copy.
///
///     var reader = try RecordReader(path: "events.ndjson.gz", form: .lines)
///     while try reader.advance() { use(reader.record, reader.line) }
public struct RecordReader: ~Copyable {
    public enum Form: Equatable, Sendable {
        case lines
        case csv(delimiter: UInt8)

        /// RFC 4180, fields parted by commas.
        public static let csv = Form.csv(delimiter: UInt8(ascii: ","))
    }

    /// Bytes of a record unless told otherwise: 1 MiB, as of a message.
    public static let recordBytesMax = 1 << 20
    private static let chunkBytes = 256 << 10

    /// The current record's first line, from 1.
    public private(set) var line = 0

    private var stream: FileStream
    private let recordBytesMax: Int
    private var quotes: QuoteState?
    private var buffer: [UInt8]
    private var filled = 0..<0
    private var current = 0..<0
    private var linesRead = 0
    /// The first line of the record being looked for.
    private var firstLine = 1
    private var isAtEnd = false
    private var isAtStart = true

    public init(
        path: String, form: Form, recordBytesMax: Int = RecordReader.recordBytesMax
    ) throws(StorageError) {
        stream = try FileStream(path: path)
        self.recordBytesMax = recordBytesMax
        buffer = Array(repeating: 0, count: Self.chunkBytes)
        if case .csv(let delimiter) = form { quotes = QuoteState(delimiter: delimiter) }
    }

    public var path: String { stream.path }

    /// Bytes of the file used so far as they stand on the disk, compressed ones included.
    public var bytesRead: Int { stream.bytesRead }

    /// The size of the file on the disk; nil for pipes.
    public var bytesTotal: Int? { stream.bytesTotal }

    /// The current record without its line end.
    public var record: RawSpan {
        @_lifetime(borrow self) get { unsafe buffer.span.bytes.extracting(current) }
    }

    /// Steps to the next record; false behind the last. After an error there is no further record.
    public mutating func advance() throws(StorageError) -> Bool {
        do throws(StorageError) {
            repeat {
                guard try find() else { return false }
            } while current.isEmpty
            return true
        } catch {
            isAtEnd = true
            filled = filled.upperBound..<filled.upperBound
            throw error
        }
    }

    /// Sets `current` to the next record, which may be empty.
    private mutating func find() throws(StorageError) -> Bool {
        firstLine = linesRead + 1
        var searched = filled.lowerBound
        quotes?.beginRecord()
        while true {
            if let end = lineEnd(from: searched) {
                linesRead += 1
                let isInside = isInsideQuotes(after: searched..<end)
                searched = end + 1
                if isInside { continue }
                try take(upTo: end, next: end + 1)
                return true
            }
            guard filled.count <= recordBytesMax else { throw tooLong }
            let offset = searched - filled.lowerBound
            guard try fill() else { return try takeRest(from: filled.lowerBound + offset) }
            searched = filled.lowerBound + offset
        }
    }

    private var tooLong: StorageError {
        .recordTooLong(path: path, line: firstLine, bytesMax: recordBytesMax)
    }

    private func lineEnd(from start: Int) -> Int? {
        unsafe buffer.withUnsafeBytes {
            let first = unsafe $0.baseAddress! + start
            guard let found = unsafe memchr(first, 0x0A, filled.upperBound - start) else {
                return nil
            }
            return unsafe UnsafeRawPointer(found) - $0.baseAddress!
        }
    }

    /// Takes a line into account; whether the record goes on behind it.
    private mutating func isInsideQuotes(after range: Range<Int>) -> Bool {
        guard var state = quotes, state.isInside || hasQuote(range) else { return false }
        defer { quotes = state }
        return state.isOpen(after: buffer.span.extracting(range))
    }

    private func hasQuote(_ range: Range<Int>) -> Bool {
        unsafe buffer.withUnsafeBytes {
            unsafe memchr($0.baseAddress! + range.lowerBound, 0x22, range.count) != nil
        }
    }

    private mutating func take(upTo end: Int, next: Int) throws(StorageError) {
        let isReturned = end > filled.lowerBound && buffer[end - 1] == UInt8(ascii: "\r")
        current = filled.lowerBound..<(isReturned ? end - 1 : end)
        filled = next..<filled.upperBound
        line = firstLine
        guard current.count <= recordBytesMax else { throw tooLong }
    }

    /// The last record, which has no line end.
    private mutating func takeRest(from searched: Int) throws(StorageError) -> Bool {
        guard !filled.isEmpty else { return false }
        let end = filled.upperBound
        if isInsideQuotes(after: searched..<end) {
            throw .unclosedQuote(path: path, line: firstLine)
        }
        linesRead += 1
        try take(upTo: end, next: end)
        return true
    }

    /// Reads more behind what is there, moving it to the front and growing the buffer as needed.
    /// False at the end of the file.
    private mutating func fill() throws(StorageError) -> Bool {
        guard !isAtEnd else { return false }
        if filled.lowerBound > 0 {
            let count = filled.count
            unsafe buffer.withUnsafeMutableBytes {
                _ = unsafe memmove($0.baseAddress!, $0.baseAddress! + filled.lowerBound, count)
            }
            filled = 0..<count
        }
        if filled.upperBound == buffer.count {
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let count = try read()
        filled = filled.lowerBound..<filled.upperBound + count
        isAtEnd = count == 0
        if isAtStart { try skipMark() }
        return count > 0
    }

    private mutating func read() throws(StorageError) -> Int {
        let start = filled.upperBound
        var outcome = Result<Int, StorageError>.success(0)
        unsafe buffer.withUnsafeMutableBytes { bytes in
            do throws(StorageError) {
                outcome = .success(
                    try unsafe stream.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...])))
            } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Skips the byte order mark of UTF-8.
    private mutating func skipMark() throws(StorageError) {
        while filled.count < 3 && !isAtEnd {
            let count = try read()
            filled = filled.lowerBound..<filled.upperBound + count
            isAtEnd = count == 0
        }
        isAtStart = false
        if buffer[filled].starts(with: [0xEF, 0xBB, 0xBF]) { filled = 3..<filled.upperBound }
    }
}
