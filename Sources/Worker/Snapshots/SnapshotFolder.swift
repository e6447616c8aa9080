public import Bytes
public import Events
internal import Features
public import Kafka
package import Pipeline
public import Storage

/// Why a snapshot cannot be used. The one before it may do.
public enum SnapshotError: Error, Equatable, Sendable {
    case storage(StorageError)
    case format(path: String, FormatError)
    /// The topic of the snapshots cannot be read or written.
    case topic(KafkaError)
    /// The project's events cannot be decoded.
    case schema(SchemaError)
    /// It is of another task than its name says.
    case otherTask(path: String, found: Int, expected: Int)
    /// It lacks the state of features that are asked for now.
    case lacks(path: String, features: [String])
}

extension SnapshotError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): "\(error)"
        case .format(let path, let error): "\(path): \(error)"
        case .topic(let error): "\(error)"
        case .schema(let error): "\(error)"
        case .otherTask(let path, let found, let expected):
            "\(path): found a snapshot of task \(found); expected one of task \(expected)"
        case .lacks(let path, let features):
            "\(path): found no state of \(features.joined(separator: ", ")), which the model or a "
                + "reader asks for now; the journal is read instead"
        }
    }
}

/// The snapshots of a project's tasks in a directory, a file each:
///
///     <task>-<first batch not in it, 20 digits>.snapshot.zst
///
/// A file is written under another name and renamed when it is complete, on the disk, was read
/// again and found whole, and everything that it holds was delivered.
public struct SnapshotFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    private static let suffix = ".snapshot.zst"
    private static let numberDigits = 20
    /// Of each task; the older one is for when the newer one cannot be read.
    static let keptMax = 2

    package func file(task: Int, next: UInt64) -> String {
        let digits = String(next)
        let padding = String(repeating: "0", count: Self.numberDigits - digits.count)
        return "\(path)/\(task)-\(padding)\(digits)\(Self.suffix)"
    }

    /// Under which a file is written; one for each that writes snapshots of the task.
    func temporaryFile(task: Int, owner: UInt64) -> String {
        "\(path)/\(task).\(String(owner, radix: 16))\(Self.partSuffix)"
    }

    private static let partSuffix = ".part.zst"

    /// The task's snapshots, newest first.
    func files(task: Int) throws(StorageError) -> [String] {
        try Folder.names(in: path).filter {
            $0.hasPrefix("\(task)-") && $0.hasSuffix(Self.suffix)
        }.sorted(by: >).map { "\(path)/\($0)" }
    }

    /// The first batch that the task's newest snapshot does not hold, by its name.
    func newest(task: Int) -> UInt64? {
        guard let file = try? files(task: task).first else { return nil }
        return UInt64(file.dropLast(Self.suffix.count).suffix(Self.numberDigits))
    }

    /// Removes all but the newest, and what others have left unfinished.
    func prune(task: Int) throws(StorageError) {
        for name in try Folder.names(in: path)
        where name.hasPrefix("\(task).") && name.hasSuffix(Self.partSuffix) {
            try Folder.remove("\(path)/\(name)")
        }
        for file in try files(task: task).dropFirst(Self.keptMax) { try Folder.remove(file) }
    }
}

/// A task as a snapshot shows it.
package struct RestoredTask: ~Copyable {
    let head: SnapshotHead
    package let pipeline: EventPipeline

    /// Reads a snapshot's file, verifying every frame. About as fast as it unpacks.
    ///
    /// - Parameters:
    ///   - settings: of the project; every feature that the snapshot has is computed.
    ///   - asked: the inputs that it must have.
    package static func read(
        _ path: String, task: Int, _ settings: PipelineSettings, asked: Set<String>
    ) throws(SnapshotError) -> RestoredTask {
        var frames = try FrameStream(path)
        guard try frames.fill() else { throw .format(path: path, empty) }
        let head = try frames.takeHead()
        guard head.task == task else {
            throw .otherTask(path: path, found: head.task, expected: task)
        }
        var restoration = PipelineRestoration(try pipeline(of: head, path, settings, asked))
        while try frames.fill() { try frames.takeFrame(into: &restoration) }
        do throws(FormatError) {
            return RestoredTask(head: head, pipeline: try restoration.finish())
        } catch { throw .format(path: path, error) }
    }

    private static func pipeline(
        of head: SnapshotHead, _ path: String, _ settings: PipelineSettings, _ asked: Set<String>
    ) throws(SnapshotError) -> EventPipeline {
        let lacking = head.computed.map { asked.subtracting($0) } ?? []
        guard lacking.isEmpty else { throw .lacks(path: path, features: lacking.sorted()) }
        let all = Set(settings.plan.inputs)
        let own = settings.computing(also: head.computed?.intersection(all) ?? all)
        do throws(SchemaError) { return try EventPipeline(own) } catch {
            throw .schema(error)
        }
    }

    /// The task, without inputs, where the snapshot shows it.
    consuming func task(_ settings: WorkerSettings) -> StreamTask<StreamInput> {
        let head = head
        let chain = JournalChain(
            task: head.task, owner: head.owner, next: head.next, positions: head.positions)
        let task = StreamTask<StreamInput>(
            head.task, pipeline, chain, [], mergePatience: settings.mergePatience,
            isReplayOpen: true, models: settings.models?.load,
            partition: settings.partition(ofTask: head.task))
        task.snapshotNext = head.next
        return task
    }

    static let empty = FormatError.truncated(at: 0, needed: 1, available: 0)
}
