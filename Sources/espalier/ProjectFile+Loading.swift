internal import Project
internal import Storage

extension ProjectFile {
    /// A project file is text that people write.
    private static let bytesMax = 16 << 20

    /// Reads a project file.
    ///
    /// - Throws: every fault with its line and column.
    static func load(_ path: String) throws(Failure) -> ProjectFile {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(path, bytesMax: bytesMax)
        } catch { throw Failure(error) }
        do throws(ProjectErrors) { return try ProjectFile(bytes) } catch {
            let count = error.errors.count
            throw Failure(
                .configuration,
                "\(path) has \(error.areCut ? "at least " : "")"
                    + "\(count == 1 ? "a fault" : "\(count) faults")\n"
                    + error.description(of: path))
        }
    }
}
