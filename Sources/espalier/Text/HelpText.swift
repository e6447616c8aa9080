/// Text of a `--help` page as it is written in the source: the lines of a paragraph become one, so
/// that it is wrapped to the terminal's width; headings in capitals and indented lines stay.
func paragraphs(_ text: String) -> String {
    var lines: [String] = []
    var isOpen = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let isProse = !line.isEmpty && line.first != " " && line != line.uppercased()
        if isProse, isOpen {
            lines[lines.count - 1] += " \(line)"
        } else {
            lines.append(String(line))
        }
        isOpen = isProse
    }
    return lines.joined(separator: "\n")
}
