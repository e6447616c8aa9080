/// Rows of cells under a header, in aligned columns parted by two spaces.
struct Table {
    /// To which side the cells of a column go.
    enum Alignment {
        case left, right
    }

    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) {
        header = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    /// - Precondition: as many cells as columns.
    mutating func append(_ cells: [String]) {
        precondition(cells.count == header.count, "\(cells.count) cells, \(header.count) columns")
        rows.append(cells)
    }

    /// The lines, each with its end; the last column is cut where the terminal ends.
    func text(for terminal: Terminal, indent: Int = 0) -> String {
        var widths = header.map(\.count)
        for row in rows {
            for column in row.indices { widths[column] = max(widths[column], row[column].count) }
        }
        let widthMax = terminal.isInteractive ? terminal.width : .max
        func line(_ row: [String]) -> String {
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return alignments[column] == .left ? row[column] + padding : padding + row[column]
            }
            let text = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
            let end = text.lastIndex { $0 != " " }
            return String(end.map { text[...$0] } ?? "").prefix(widthMax) + ""
        }
        let title = terminal.style(line(header), .dim)
        return ([title] + rows.map(line)).joined(separator: "\n") + "\n"
    }
}
