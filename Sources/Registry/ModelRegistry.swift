internal import Bytes
public import Storage

/// Models in a directory: immutable artifacts named by their content, and a log of everything that
/// was done to them.
///
///     log                append-only frames, one per change, each naming the digest of the last
///     lock               held while a change is made
///     objects/<sha256>.json
///
/// Readers take no lock: an entry counts once it is whole. A change is written with the lock held
/// and is on the disk when the call returns; a writer that dies before leaves at most an object
/// that nobody names and the beginning of an entry, which the next change removes.
///
/// Cost: opening reads the whole log; a registry of 10,000 changes is about 3 MB.
public struct ModelRegistry: Sendable {
    public let path: String
    /// How long a change waits for another process to finish its own.
    public var patienceMillis = 60_000

    /// Bytes of one artifact.
    public static let artifactBytesMax = 256 << 20
    /// Bytes of the log: some 200,000 changes.
    public static let logBytesMax = 64 << 20

    var logPath: String { "\(path)/log" }
    var lockPath: String { "\(path)/lock" }
    var objectsPath: String { "\(path)/objects" }

    /// The registry in a directory.
    ///
    /// - Throws: `RegistryError.noRegistry` where there is none.
    public init(opening path: String) throws(RegistryError) {
        self.path = path
        guard FileStamp(of: "\(path)/objects") != nil else { throw .noRegistry(path: path) }
    }

    /// The registry in a directory, which is made where there is none.
    public init(creating path: String) throws(RegistryError) {
        self.path = path
        do throws(StorageError) { try Folder.make("\(path)/objects") } catch {
            throw .storage(error)
        }
    }

    /// Tells whether the registry may have changed, without reading it. Nil before the first
    /// change.
    public var stamp: FileStamp? { FileStamp(of: logPath) }

    /// Everything as of now.
    public func read() throws(RegistryError) -> RegisteredModels {
        var bytes: [UInt8] = []
        if stamp != nil {
            do throws(StorageError) {
                bytes = try WholeFile.read(logPath, bytesMax: Self.logBytesMax)
            } catch { throw .storage(error) }
        }
        let log = try RegistryLog(unsafe bytes.span.bytes, path: logPath)
        return try RegisteredModels(log, path: logPath)
    }

    /// Makes one change, alone.
    ///
    /// - Parameter decide: what to do, given everything as of now; nil for nothing.
    /// - Returns: everything as of then, without the change.
    @discardableResult
    func change(
        _ model: String, _ attribution: Attribution,
        _ decide: (RegisteredModels) throws(RegistryError) -> LogEntry.Action?
    ) throws(RegistryError) -> RegisteredModels {
        try attribution.validate()
        let lock = try hold()
        defer { withExtendedLifetime(lock) {} }
        let models = try read()
        guard let action = try decide(models) else { return models }
        let entry = LogEntry(
            sequence: UInt64(models.entries.count) + 1, previous: models.head,
            attribution: attribution, model: model, action: action)
        var writer = ByteWriter()
        entry.append(to: &writer)
        guard models.logBytes + writer.count <= Self.logBytesMax else {
            throw .logFull(bytes: models.logBytes, bytesMax: Self.logBytesMax)
        }
        do throws(StorageError) {
            try GrowingFile.append(writer.bytes, to: logPath, after: models.logBytes)
        } catch { throw .storage(error) }
        return models
    }

    private func hold() throws(RegistryError) -> FileLock {
        do throws(StorageError) {
            return try FileLock(lockPath, patienceMillis: patienceMillis)
        } catch {
            if case .system(_, "flock", _) = error { throw .busy(path: lockPath) }
            throw .storage(error)
        }
    }
}
