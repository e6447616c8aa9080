internal import Bytes
internal import Events
internal import Sparse
internal import Storage
internal import Training

/// Reads a CSV file of numbers; an empty field, `NA` or `nan` is missing.
struct CSVTableReader {
    private enum Role {
        case feature(Int), label, weight, time, entity, ignored
    }

    private let path: String
    private let names: [String]
    private let label: String
    private let roles: [Role]
    private var features: DenseRows
    private var labels: [Double] = []
    private var weights: [Double] = []
    private var times: [Int64] = []
    private var entities: [UInt64] = []
    private var lines = RowLines()

    private static let delimiter = UInt8(ascii: ",")
    private static let rowsBetweenLooks = 4_096

    /// - Returns: the table, or what is wrong with the content.
    static func read(
        _ path: String, _ roles: NumericTable.Roles, _ progress: inout ProgressLine
    ) throws(StorageError) -> Result<NumericTable, Failure> {
        var reader = try RecordReader(path: path, form: .csv)
        guard try reader.advance() else {
            return .failure(Failure(.data, "\(path): found nothing; expected a header of CSV"))
        }
        var table: CSVTableReader
        do throws(Failure) {
            table = try CSVTableReader(path, header: reader.record, roles)
        } catch { return .failure(error) }
        while try reader.advance() {
            if let fault = table.append(reader.record) {
                return .failure(Failure(.data, "\(path):\(reader.line): \(fault)"))
            }
            table.lines.append(reader.line)
            guard table.labels.count % rowsBetweenLooks == 0 else { continue }
            let fraction = reader.bytesTotal.map { Double(reader.bytesRead) / Double(max(1, $0)) }
            progress.update(count: UInt64(table.labels.count), fraction: fraction)
        }
        return .success(table.finish(roles))
    }

    private init(
        _ path: String, header: borrowing RawSpan, _ roles: NumericTable.Roles
    ) throws(Failure) {
        self.path = path
        var found: [String] = []
        var cursor = CSVCursor(delimiter: Self.delimiter)
        repeat {
            guard let field = cursor.next(in: header) else {
                throw Failure(.data, "\(path):1: found a stray quote; expected a header of CSV")
            }
            let bytes = header.extracting(field.range)
            found.append(
                unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        } while !cursor.isAtEnd
        if let twice = Dictionary(grouping: found, by: { $0 }).first(where: { $1.count > 1 })?.key {
            throw Failure(.data, "\(path):1: found column \(twice) twice; expected it once")
        }
        for (option, name) in roles.named where !found.contains(name) {
            let nearest = NearestName.of(name, among: found).map { "; did you mean \($0)?" } ?? ""
            throw Failure(.usage, "\(option): found \(name), which is no column\(nearest)")
        }
        guard let label = roles.label else {
            throw Failure(.usage, "expected --label, the column to predict")
        }
        self.label = label
        var names: [String] = []
        self.roles = found.map { name in
            switch name {
            case roles.label: return .label
            case roles.weight: return .weight
            case roles.time: return .time
            case roles.entity: return .entity
            default:
                if roles.ignored.contains(name) { return .ignored }
                names.append(name)
                return .feature(names.count - 1)
            }
        }
        self.names = names
        features = DenseRows(columnCount: names.count)
    }

    /// Appends a row; returns what is wrong with it instead, if anything is.
    private mutating func append(_ record: borrowing RawSpan) -> String? {
        var cursor = CSVCursor(delimiter: Self.delimiter)
        for place in roles.indices {
            guard place == 0 || !cursor.isAtEnd else {
                return "found \(place) columns; expected \(roles.count)"
            }
            guard let field = cursor.next(in: record) else {
                return "found a stray quote in column \(place + 1)"
            }
            if case .ignored = roles[place] { continue }
            let bytes = record.extracting(field.range)
            if case .entity = roles[place] {
                entities.append(StableHash.of(bytes))
                continue
            }
            guard let value = Self.number(bytes), isTaken(value, as: roles[place]) else {
                return fault(bytes, place)
            }
            take(value, as: roles[place])
        }
        return cursor.isAtEnd ? nil : "found more than \(roles.count) columns"
    }

    /// Whether a value that may be missing can stand there: features alone may be.
    private func isTaken(_ value: Double, as role: Role) -> Bool {
        switch role {
        case .time: Int64(exactly: value.rounded()) != nil
        case .label: value.isFinite
        case .weight: value.isFinite && value >= 0
        case .feature, .entity, .ignored: true
        }
    }

    private mutating func take(_ value: Double, as role: Role) {
        switch role {
        case .feature: features.append(value)
        case .label: labels.append(value)
        case .weight: weights.append(value)
        case .time: times.append(Int64(value.rounded()))
        case .entity, .ignored: break
        }
    }

    private func fault(_ bytes: borrowing RawSpan, _ place: Int) -> String {
        let text = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        if case .time = roles[place] {
            return "--time: found \"\(text.prefix(40))\"; expected a time in milliseconds"
        }
        let found = "found \"\(text.prefix(40))\""
        if case .label = roles[place] { return "column \(label): \(found); expected a number" }
        guard case .feature(let column) = roles[place] else {
            return "--weight: \(found); expected a number, 0 or more"
        }
        return "column \(names[column]): found \"\(text.prefix(40))\"; expected a number"
            + " (--ignore \(names[column]) leaves the column out)"
    }

    /// NaN for what is missing; nil for what is no number.
    private static func number(_ bytes: borrowing RawSpan) -> Double? {
        if bytes.byteCount == 0 { return .nan }
        if let value = CSVNumber.value(of: bytes) { return value }
        let text = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        return ["na", "nan", "null"].contains(text.lowercased()) ? .nan : nil
    }

    /// Gives the rows away, so that they are not held twice.
    private mutating func finish(_ roles: NumericTable.Roles) -> NumericTable {
        let matrix = features.takeMatrix(rowCount: labels.count)
        var table = NumericTable(
            names: names,
            examples: Examples(
                matrix: .dense(matrix), labels: labels,
                weights: roles.weight == nil ? nil : weights))
        table.lines = lines
        if roles.time != nil { table.times = times }
        if roles.entity != nil { table.entities = entities }
        return table
    }
}
