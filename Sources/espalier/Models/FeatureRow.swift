internal import Bytes
internal import Events
internal import Model
internal import Sparse

/// A row of a file of feature vectors, as `espalier replay --features` writes it: CSV with a
/// header; what is missing is empty, a category is its bucket.
struct FeatureRow {
    private let layout: FeatureLayout
    /// What each column is.
    private let columns: [Column]
    private(set) var vector = SparseVector()
    /// NaN without a label.
    private(set) var label = Double.nan

    private enum Column {
        case feature(FeatureLayout.Place), label, other
    }

    private static let delimiter = UInt8(ascii: ",")

    /// - Parameter label: the column of labels, if there is one.
    /// - Throws: for a header that lacks a column of the layout.
    init(
        header: borrowing RawSpan, for layout: FeatureLayout, label: String?
    ) throws(Failure) {
        let names = try Self.cells(of: header)
        if let label, !names.contains(label) {
            throw Failure(.data, "found no column \(label); expected one with labels")
        }
        let absent = layout.features.map(\.name).filter { !names.contains($0) }
        guard absent.isEmpty else {
            throw Failure(
                .data,
                "found no column \(absent.prefix(8).joined(separator: ", ")); "
                    + "expected every feature that weighs something")
        }
        self.layout = layout
        columns = names.map { name in
            if name == label { return .label }
            return layout[name].map { .feature($0.place) } ?? .other
        }
    }

    private static func cells(
        of record: borrowing RawSpan
    ) throws(Failure) -> [String] {
        var cursor = CSVCursor(delimiter: delimiter)
        var cells: [String] = []
        repeat {
            guard let field = cursor.next(in: record) else {
                throw Failure(.data, "found a stray quote; expected a header of CSV")
            }
            let bytes = record.extracting(field.range)
            cells.append(
                unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        } while !cursor.isAtEnd
        return cells
    }

    /// Reads the next row.
    mutating func read(_ record: borrowing RawSpan) throws(Failure) {
        vector.removeAll()
        label = .nan
        var cursor = CSVCursor(delimiter: Self.delimiter)
        for place in columns.indices {
            guard place == 0 || !cursor.isAtEnd, let field = cursor.next(in: record) else {
                throw Self.fault("\(place) columns", "\(columns.count)")
            }
            if case .other = columns[place] { continue }
            let bytes = record.extracting(field.range)
            guard bytes.byteCount > 0 else { continue }
            guard let value = CSVNumber.value(of: bytes) else {
                throw Self.fault("no number in column \(place + 1)", "one, or nothing")
            }
            try take(value, columns[place])
        }
        guard cursor.isAtEnd else {
            throw Self.fault("more than \(columns.count) columns", "as many as in the header")
        }
    }

    private mutating func take(_ value: Double, _ column: Column) throws(Failure) {
        switch column {
        case .feature(.index(let index)): vector.append(index, value)
        case .feature(.block(let block)):
            let buckets = layout.space.buckets(ofBlock: block)
            guard let bucket = Int(exactly: value), (0..<buckets.count).contains(bucket) else {
                throw Self.fault("the bucket \(value)", "0 to \(buckets.count - 1)")
            }
            vector.append(UInt32(buckets.lowerBound + bucket), 1)
        case .label: label = value
        case .other: break
        }
    }

    private static func fault(_ found: String, _ expected: String) -> Failure {
        Failure(.data, "found \(found); expected \(expected)")
    }
}
