public import Bytes
public import Events
public import Kafka
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
    /// It is not the one that a newer one builds upon.
    case otherBase(path: String, of: String)
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
        case .otherBase(let path, let newer):
            "\(path): found another snapshot than the one that \(newer) builds upon"
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
/// One is whole, or has what changed since the one before, upon which it builds. Of each task two
/// chains are kept, so that there is a way back when a file is damaged that all others of its chain
/// need.
///
/// A file is written under another name and renamed when it is complete, on the disk, was read
/// again and found whole, and everything that it holds was delivered.
public struct SnapshotFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    private static let suffix = ".snapshot.zst"
    private static let numberDigits = 20
    /// Of each task; the older one is for when the newer one cannot be read.
    static let chainsMax = 2

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

    /// The first batches that the task's snapshots do not hold, by their names, newest first.
    func snapshots(of task: Int) -> [UInt64] {
        ((try? files(task: task)) ?? []).compactMap {
            UInt64($0.dropLast(Self.suffix.count).suffix(Self.numberDigits))
        }
    }

    func newest(task: Int) -> UInt64? { snapshots(of: task).first }

    /// Which of these snapshots nobody needs, by their chains, newest first; nil for one that
    /// cannot be read.
    static func dispensable(_ chains: [UInt64?]) -> [Int] {
        var kept: Set<UInt64> = []
        for case .some(let chain) in chains where kept.count < chainsMax { kept.insert(chain) }
        let end = chains.lastIndex { $0.map(kept.contains) ?? false } ?? chains.endIndex
        return chains.indices.filter { place in
            chains[place].map { !kept.contains($0) } ?? (place > end)
        }
    }

    /// Removes all but the newest chains, and what others have left unfinished.
    func prune(task: Int) throws(StorageError) {
        for name in try Folder.names(in: path)
        where name.hasPrefix("\(task).") && name.hasSuffix(Self.partSuffix) {
            try Folder.remove("\(path)/\(name)")
        }
        let files = try files(task: task)
        let chains = files.map { (try? StoredSnapshot($0, task: task))?.head.chain }
        for place in Self.dispensable(chains) { try Folder.remove(files[place]) }
    }
}
