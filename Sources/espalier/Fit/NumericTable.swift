internal import Bytes
internal import Events
internal import Sparse
internal import Storage
internal import Training

/// A file of numbers, one row an example: columns of features, a label, perhaps a weight, a time,
/// an entity.
struct NumericTable {
    /// Which columns are no features.
    struct Roles {
        var label: String?
        var weight: String?
        var time: String?
        var entity: String?
        var ignored: [String] = []

        /// The names with the options that gave them.
        var named: [(option: String, name: String)] {
            let single = [
                ("--label", label), ("--weight", weight), ("--time", time), ("--entity", entity),
            ]
            return single.compactMap { option, name in name.map { (option, $0) } }
                + ignored.map { ("--ignore", $0) }
        }
    }

    /// Rows at most: places of compressed matrices are 32 bits wide.
    static let rowsMax = 1 << 31
    static let columnsMax = 1 << 26

    var names: [String] = []
    var examples: Examples
    var lines = RowLines()
    /// Of the rows, if there is a column of them.
    var times: [Int64]?
    var entities: [UInt64]?

    /// Reads a table by its name: `.svm`, `.svmlight` or `.libsvm`, and else CSV with a header;
    /// `.gz` and `.zst` are unpacked.
    static func read(
        _ path: String, _ roles: Roles, _ progress: inout ProgressLine
    ) throws(Failure) -> NumericTable {
        let plain = [".gz", ".zst"].first(where: path.hasSuffix).map { path.dropLast($0.count) }
        let name = plain ?? path[...]
        let isSVM = [".svm", ".svmlight", ".libsvm"].contains(where: name.hasSuffix)
        let read: Result<NumericTable, Failure>
        do throws(StorageError) {
            read =
                isSVM
                ? try SVMLightReader.read(path, roles, &progress)
                : try CSVTableReader.read(path, roles, &progress)
        } catch { throw Failure(error) }
        let table = try read.get()
        guard table.examples.rowCount > 0 else {
            throw Failure(.data, "\(path): found no rows; expected at least one")
        }
        progress.clear()
        return table
    }

    /// Labels -1 and 1 stand for 0 and 1 where the loss is logistic.
    mutating func takeSignedLabels() {
        guard examples.labels.allSatisfy({ $0 == 1 || $0 == -1 }),
            examples.labels.contains(-1)
        else { return }
        examples.labels = examples.labels.map { $0 > 0 ? 1 : 0 }
    }

    /// The column of a feature that an option names.
    func column(of name: String, option: String) throws(Failure) -> Int {
        guard let column = names.firstIndex(of: name) else {
            let nearest = NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? ""
            throw Failure(.usage, "\(option): found \(name), which is no feature\(nearest)")
        }
        return column
    }
}
