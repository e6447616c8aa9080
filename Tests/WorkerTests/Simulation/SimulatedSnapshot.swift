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

    /// Puts it in its place, and removes those that it makes dispensable.
    func publish(in world: inout SimulatedWorld) {
        let digits = String(head.next)
        let padding = String(repeating: "0", count: 20 - digits.count)
        world.files["\(task)-\(padding)\(digits)\(Self.suffix)"] = bytes
        for name in Self.names(of: task, in: world).dropFirst(SnapshotFolder.keptMax) {
            world.files[name] = nil
        }
    }

    /// The task that a file shows, and where its journal is read on.
    static func read(
        _ name: String, _ world: borrowing SimulatedWorld, _ settings: PipelineSettings
    ) throws -> (StreamTask<ListedSource>, from: Int) {
        let bytes = world.files[name] ?? []
        let stored = unsafe bytes.span.bytes
        let head = try SnapshotHead(stored)
        var place = try Frame.byteCount(of: stored)
        var restoration = PipelineRestoration(try EventPipeline(settings))
        while place < stored.byteCount {
            place += try restoration.take(stored.extracting(place..<stored.byteCount))
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
}
