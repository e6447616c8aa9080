internal import Project
internal import Storage

extension ProjectFile {
    /// A project file is text that people write.
    private static let bytesMax = 16 << 20

    /// What is done about features in quarantine.
    enum Masking {
        /// Models may not look at them.
        case decided
        /// They are taken as all others.
        case nothing
    }

    /// Reads a project file, and the decisions about its features beside it.
    ///
    /// - Throws: every fault with its line and column.
    static func load(
        _ path: String, masking: Masking = .decided
    ) throws(Failure) -> ProjectFile {
        var file = try read(path)
        if masking == .decided { file.masked = try PruningLog(beside: path).masked }
        return file
    }

    private static func read(_ path: String) throws(Failure) -> ProjectFile {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(path, bytesMax: bytesMax)
        } catch { throw Failure(error) }
        do throws(ProjectErrors) {
            var file = try ProjectFile(bytes)
            file.path = path
            return file
        } catch {
            let count = error.errors.count
            throw Failure(
                .configuration,
                "\(path) has \(error.areCut ? "at least " : "")"
                    + "\(count == 1 ? "a fault" : "\(count) faults")\n"
                    + error.description(of: path))
        }
    }
}
