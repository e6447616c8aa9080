/// Records of several files in the order of time; of one time labels first, then by the order of
/// the files, then of their lines.
struct ReplayMerge {
    /// Files that still have a current record: labels first.
    private var files: [ReplayFile] = []

    init(events: [ReplayFile], labels: [ReplayFile]) throws(Failure) {
        for file in labels + events {
            if try file.advance() { files.append(file) }
        }
    }

    /// The file whose current record is next. O(files).
    var next: ReplayFile? {
        guard var earliest = files.first else { return nil }
        for file in files.dropFirst() where file.timeMillis < earliest.timeMillis {
            earliest = file
        }
        return earliest
    }

    /// Moves the file on once its current record is used.
    mutating func advance(_ file: ReplayFile) throws(Failure) {
        if try !file.advance() { files.removeAll { $0 === file } }
    }
}
