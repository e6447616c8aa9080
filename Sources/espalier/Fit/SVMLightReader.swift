internal import Bytes
internal import Events
internal import Sparse
internal import Storage
internal import Training

/// Reads svmlight's format: `label index:value index:value # comment`, a row a line. A feature is
/// named by its index; what is absent is 0.
struct SVMLightReader {
    private var labels: [Double] = []
    private var vectors: [SparseVector] = []
    private var indexMax = 0
    private var lines = RowLines()

    private static let rowsBetweenLooks = 4_096

    /// - Returns: the table, or what is wrong with the content.
    static func read(
        _ path: String, _ roles: NumericTable.Roles, _ progress: inout ProgressLine
    ) throws(StorageError) -> Result<NumericTable, Failure> {
        if let option = roles.named.first(where: { $0.option != "--ignore" })?.option {
            let why = "svmlight has no named columns; its first number is the label"
            return .failure(Failure(.usage, "\(option): \(why)"))
        }
        var reader = try RecordReader(path: path, form: .lines)
        var table = SVMLightReader()
        while try reader.advance() {
            let known = table.labels.count
            if let fault = table.append(reader.record) {
                return .failure(Failure(.data, "\(path):\(reader.line): \(fault)"))
            }
            if table.labels.count > known { table.lines.append(reader.line) }
            guard table.labels.count % rowsBetweenLooks == 0 else { continue }
            let fraction = reader.bytesTotal.map { Double(reader.bytesRead) / Double(max(1, $0)) }
            progress.update(count: UInt64(table.labels.count), fraction: fraction)
        }
        return .success(table.finish())
    }

    /// Appends a line; returns what is wrong with it instead, if anything is.
    private mutating func append(_ line: borrowing RawSpan) -> String? {
        var vector = SparseVector()
        var isLabel = true
        var last = -1
        var at = 0
        while let token = Self.token(in: line, from: &at) {
            let bytes = line.extracting(token)
            if isLabel {
                // LIBSVM's binary sets say +1.
                let isSigned = bytes.byteCount > 1 && bytes.byte(0) == UInt8(ascii: "+")
                let digits = bytes.extracting(droppingFirst: isSigned ? 1 : 0)
                guard let label = CSVNumber.value(of: digits) else {
                    return "found \(Self.text(bytes)); expected a label"
                }
                labels.append(label)
                isLabel = false
                continue
            }
            guard let (key, value) = Self.pair(bytes) else {
                return "found \(Self.text(bytes)); expected index:value"
            }
            guard key > last, key < NumericTable.columnsMax else {
                return "found index \(key); expected ascending ones below"
                    + " \(NumericTable.columnsMax)"
            }
            last = key
            indexMax = max(indexMax, key)
            vector.append(UInt32(key), value)
        }
        if !isLabel { vectors.append(vector) }
        return nil
    }

    /// The next run of bytes that are not blank, up to a comment.
    private static func token(in line: borrowing RawSpan, from at: inout Int) -> Range<Int>? {
        func byte(_ place: Int) -> UInt8 { line.byte(place) }
        while at < line.byteCount, byte(at) == 0x20 || byte(at) == 0x09 { at += 1 }
        guard at < line.byteCount, byte(at) != UInt8(ascii: "#") else { return nil }
        let start = at
        while at < line.byteCount, byte(at) != 0x20, byte(at) != 0x09 { at += 1 }
        return start..<at
    }

    private static func pair(_ bytes: borrowing RawSpan) -> (key: Int, value: Double)? {
        var key = 0
        var at = 0
        while at < bytes.byteCount {
            let byte = bytes.byte(at)
            guard byte != UInt8(ascii: ":") else { break }
            guard (0x30...0x39).contains(byte), at < 9 else { return nil }
            key = key * 10 + Int(byte - 0x30)
            at += 1
        }
        guard at > 0, at + 1 < bytes.byteCount else { return nil }
        return CSVNumber.value(of: bytes.extracting(at + 1..<bytes.byteCount)).map { (key, $0) }
    }

    private static func text(_ bytes: borrowing RawSpan) -> String {
        let text = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        return "\"\(text.prefix(40))\""
    }

    private consuming func finish() -> NumericTable {
        let columnCount = labels.isEmpty ? 0 : indexMax + 1
        var table = NumericTable(
            names: (0..<columnCount).map { "\($0)" },
            examples: Examples(
                matrix: .compressed(CompressedMatrix(rows: vectors, columnCount: columnCount)),
                labels: labels))
        table.lines = lines
        return table
    }
}
