internal import ArgumentParser

/// How records stand in a file.
enum RecordFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// One JSON object a line.
    case ndjson
    /// RFC 4180 with a header.
    case csv

    /// By the file's name, what compresses it left aside: `.csv` or anything else.
    init(path: String) {
        let bare =
            path.hasSuffix(".gz")
            ? path.dropLast(3) : path.hasSuffix(".zst") ? path.dropLast(4) : path[...]
        self = bare.hasSuffix(".csv") ? .csv : .ndjson
    }
}
