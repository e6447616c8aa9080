internal import Model

/// Coefficients as a table of two columns, as R writes those of glmnet:
///
///     write.csv(as.matrix(coef(fit, s = "lambda.min")), "model.csv")
///
///     "","lambda.min"
///     "(Intercept)",-2.41
///     "amount",0.0132
///
/// Separated by commas, tabs or blanks; the first line is a heading when its second cell is no
/// number. They are coefficients of raw values. A dot or nothing, as R prints for zero, is 0.
public enum CoefficientTable {
    private static let interceptNames: Set<String> = ["(Intercept)", "Intercept", "intercept"]

    /// Reads such a table.
    public static func weights(parsing bytes: [UInt8]) throws(ImportError) -> ImportedWeights {
        var weights = ImportedWeights(solver: "glmnet", intercept: 0, weights: [])
        var isFirst = true
        for (number, text) in try TextLines(bytes).lines where !text.allSatisfy(\.isWhitespace) {
            let cells = cells(of: text)
            defer { isFirst = false }
            guard cells.count == 2 else {
                if isFirst && cells.count == 1 { continue }
                throw .invalid(
                    at: "line \(number)", found: "\(cells.count) cells",
                    expected: "a feature and its coefficient")
            }
            if isFirst && Double(cells[1]) == nil && cells[1] != "." { continue }
            let isZero = cells[1] == "." || cells[1].isEmpty
            let value = isZero ? 0 : try TextLines.number(cells[1], line: number)
            if interceptNames.contains(cells[0]) {
                weights.intercept = value
            } else {
                weights.weights.append(.init(feature: cells[0], weight: value))
            }
        }
        guard !weights.weights.isEmpty else {
            throw .invalid(at: "line 1", found: "no coefficients", expected: "a line for each")
        }
        return weights
    }

    /// Cells without their quotes; a quote within quotes is written twice.
    private static func cells(of line: Substring) -> [String] {
        let separator: Character? = line.contains(",") ? "," : line.contains("\t") ? "\t" : nil
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var wasQuote = false
        for character in line {
            if character == "\"" {
                if wasQuote { cell.append("\"") }
                wasQuote = !wasQuote && isQuoted
                isQuoted.toggle()
                continue
            }
            wasQuote = false
            let ends = separator.map { $0 == character } ?? character.isWhitespace
            if ends && !isQuoted {
                if separator != nil || !cell.isEmpty { cells.append(cell) }
                cell = ""
            } else {
                cell.append(character)
            }
        }
        if separator != nil || !cell.isEmpty { cells.append(cell) }
        return cells
    }
}
