internal import Bytes
internal import Events
internal import Features
package import Pipeline

/// A task as a snapshot shows it.
package struct RestoredTask: ~Copyable {
    let head: SnapshotHead
    package let pipeline: EventPipeline

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
}

/// Reads snapshots of a task, verifying every frame. About as fast as they unpack.
package struct SnapshotReader {
    private let task: Int
    private let settings: PipelineSettings
    /// Files that cannot be read.
    private var damaged: Set<String> = []

    /// - Parameter settings: of the project; every feature that a snapshot has is computed.
    package init(task: Int, _ settings: PipelineSettings) {
        self.task = task
        self.settings = settings
    }

    /// Reads a snapshot, and those that it builds upon.
    ///
    /// - Parameters:
    ///   - next: the first batch that it does not hold.
    ///   - asked: the inputs that it must have.
    /// - Returns: nil if it builds upon one that has already proved to be damaged.
    package mutating func read(
        _ next: UInt64, in folder: SnapshotFolder, asked: Set<String>
    ) throws(SnapshotError) -> RestoredTask? {
        guard let chain = try folder.chain(task: task, endingWith: next, besides: &damaged),
            let newest = chain.first
        else { return nil }
        var restoration = PipelineRestoration(try pipeline(of: newest, asked))
        for stored in chain {
            do throws(SnapshotError) {
                try take(stored, into: &restoration)
            } catch {
                damaged.insert(stored.path)
                throw error
            }
        }
        do throws(FormatError) {
            return RestoredTask(head: newest.head, pipeline: try restoration.finish())
        } catch { throw .format(path: newest.path, error) }
    }

    private func take(
        _ stored: StoredSnapshot, into restoration: inout PipelineRestoration
    ) throws(SnapshotError) {
        var frames = try FrameStream(stored.path)
        _ = try frames.readHead(ofTask: task)
        while try frames.fill() { try frames.takeFrame(into: &restoration) }
        guard stored.head.base != nil else { return }
        do throws(FormatError) { try restoration.beginBase() } catch {
            throw .format(path: stored.path, error)
        }
    }

    private func pipeline(
        of stored: StoredSnapshot, _ asked: Set<String>
    ) throws(SnapshotError) -> EventPipeline {
        let computed = stored.head.computed
        let lacking = computed.map { asked.subtracting($0) } ?? []
        guard lacking.isEmpty else {
            throw .lacks(path: stored.path, features: lacking.sorted())
        }
        let all = Set(settings.plan.inputs)
        let own = settings.computing(also: computed?.intersection(all) ?? all)
        do throws(SchemaError) { return try EventPipeline(own) } catch {
            throw .schema(error)
        }
    }
}
