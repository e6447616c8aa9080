import Bytes
import Pipeline
import PipelineFixture

@testable import Worker

/// A snapshot in the making, as bytes of its file.
struct SimulatedSnapshot {
    let head: SnapshotHead
    var bytes: [UInt8]
    /// The first batch that it need not wait for; nil while frames are still to be written.
    var next: UInt64?

    init(_ head: SnapshotHead, _ pipeline: PipelineHead) {
        self.head = head
        var writer = ByteWriter()
        head.append(to: &writer)
        pipeline.append(to: &writer)
        bytes = writer.copy()
    }

    var task: Int { head.task }

    /// One for each that writes snapshots of the task.
    var temporaryName: String { "\(task).\(head.owner).part" }

    private static let suffix = ".snapshot"

    /// The task's files, newest first.
    static func names(of task: Int, in world: borrowing SimulatedWorld) -> [String] {
        world.files.keys.filter { $0.hasPrefix("\(task)-") && $0.hasSuffix(suffix) }.sorted(by: >)
    }

    private static func name(_ task: Int, _ next: UInt64) -> String {
        let digits = String(next)
        let padding = String(repeating: "0", count: 20 - digits.count)
        return "\(task)-\(padding)\(digits)\(suffix)"
    }

    /// Puts it in its place, and removes those that it makes dispensable.
    func publish(in world: inout SimulatedWorld) {
        world.files[Self.name(task, head.next)] = bytes
        let names = Self.names(of: task, in: world)
        let chains = names.map { (try? Self.head($0, world))?.chain }
        for place in SnapshotFolder.dispensable(chains) { world.files[names[place]] = nil }
    }

    private static func head(
        _ name: String, _ world: borrowing SimulatedWorld
    ) throws -> SnapshotHead {
        let bytes = world.files[name] ?? []
        return try unsafe SnapshotHead(bytes.span.bytes)
    }

    /// The task that a file shows, with those that it builds upon, and where its journal is read
    /// on.
    static func read(
        _ name: String, _ world: borrowing SimulatedWorld, _ settings: PipelineSettings
    ) throws -> (StreamTask<ListedSource>, from: Int) {
        let head = try head(name, world)
        var restoration = PipelineRestoration(try EventPipeline(settings))
        try take(name, world, &restoration)
        var newer = head
        while let base = newer.base {
            try restoration.beginBase()
            let name = Self.name(head.task, base)
            let found = try Self.head(name, world)
            guard newer.isBuilt(upon: found) else {
                throw SnapshotError.otherBase(path: name, of: "\(newer.next)")
            }
            try take(name, world, &restoration)
            newer = found
        }
        let chain = JournalChain(
            task: head.task, owner: head.owner, next: head.next, positions: head.positions)
        let task = StreamTask(
            head.task, try restoration.finish(), chain,
            world.sources(of: head.task, at: head.positions), mergePatience: .zero,
            isReplayOpen: true)
        task.snapshotNext = head.next
        return (task, Int(head.journalOffset))
    }

    private static func take(
        _ name: String, _ world: borrowing SimulatedWorld,
        _ restoration: inout PipelineRestoration
    ) throws {
        let bytes = world.files[name] ?? []
        let stored = unsafe bytes.span.bytes
        var place = try Frame.byteCount(of: stored)
        while place < stored.byteCount {
            place += try restoration.take(stored.extracting(place..<stored.byteCount))
        }
    }
}
