internal import Training

/// Faults of a fit in the words of the table.
extension FitRun {
    /// Rows are told by their lines, columns by their names.
    static func failure(
        _ error: DescentError, _ table: NumericTable, _ command: FitCommand
    ) -> Failure {
        let label = command.label.map { "column \($0)" } ?? "the label"
        func fault(_ row: Int, _ text: String) -> Failure {
            Failure(.data, "\(command.table):\(table.lines[row]): \(text)")
        }
        switch error {
        case .labelNotFinite(let row):
            return fault(row, "\(label): found no finite number; expected one")
        case .labelOutOfRange(let row, let found):
            return fault(
                row,
                "\(label): found \(Numerals.plain(found)); expected 0…1 for the logistic loss, or"
                    + " -1 and 1 alone")
        case .weightInvalid(let row, let found):
            return fault(
                row,
                "--weight: found \(Numerals.plain(found)); expected a finite number, 0 or more")
        case .rule(let column, let found, let expected):
            return Failure(
                .usage, "feature \(table.names[column]): found \(found); expected \(expected)")
        default: return Failure(.data, "\(command.table): \(error)")
        }
    }
}
