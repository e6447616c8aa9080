internal import Bytes
internal import Pipeline

/// The next few records of a replay, copied out of their files, so that the pipeline can look ahead
/// to all of them before it steps through the first.
struct ReplayGroup: ~Copyable {
    struct Record {
        var file: ReplayFile
        /// The record's first line in its file.
        var line: Int
        var origin: RecordOrigin
        var bytes: Range<Int>
    }

    private(set) var records: [Record] = []
    private var content = ByteWriter(reservingCapacity: 1 << 14)

    var isFull: Bool { records.count == EventPipeline.lookAheadMax }

    /// Adds the file's current record.
    mutating func append(_ file: ReplayFile) {
        let start = content.count
        file.copyRecord(to: &content)
        records.append(
            Record(
                file: file, line: file.line, origin: file.origin, bytes: start..<content.count))
    }

    @_lifetime(borrow self)
    func bytes(of record: Record) -> RawSpan { content.bytes.extracting(record.bytes) }

    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        content.removeAll()
    }
}
