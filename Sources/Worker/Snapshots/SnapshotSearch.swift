internal import Foundation
internal import Kafka
internal import Pipeline
internal import Storage

/// Looks for the snapshot of a task, in the folder or the topic, from which its batches can be
/// stepped again. Changes neither.
struct SnapshotSearch {
    private let settings: WorkerSettings
    private let pipelineSettings: PipelineSettings
    private let task: Int
    private let partitions: [TopicPartition]
    private var reader: SnapshotReader
    /// Of the snapshots that lead to what the log still holds, the events behind the oldest.
    private(set) var earliest: MissingSnapshot.Bounds?
    /// Why snapshots were passed over.
    private(set) var unreadable: [SnapshotError] = []

    init(
        _ settings: WorkerSettings, _ pipelineSettings: PipelineSettings, task: Int,
        over partitions: [TopicPartition]
    ) {
        self.settings = settings
        self.pipelineSettings = pipelineSettings
        self.task = task
        self.partitions = partitions
        reader = SnapshotReader(task: task, pipelineSettings)
    }

    /// The replay that begins with the newest snapshot which holds no event from the bound on, and
    /// the first batch that it does not hold; nil if there is none.
    ///
    /// - Parameter first: nil where every event is wanted, which none but an empty state has before
    ///   it.
    mutating func replay(
        from first: EventBound?, asking consumer: borrowing Consumer
    ) throws(WorkerError) -> (replay: TaskReplay, snapshot: UInt64?)? {
        let fetched = SnapshotFolder(
            FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path)
        defer { try? FileManager.default.removeItem(atPath: fetched.path) }
        for outline in outlines(fetchedInto: fetched) {
            guard let survey = try survey(behind: outline, asking: consumer) else { continue }
            if let first, outline.isBefore(first) {
                guard let restored = try read(outline, survey) else { continue }
                let head = outline.head
                let replay = try TaskReplay(
                    settings, restored, at: head.positions.merging(survey.starts) { old, _ in old },
                    journalOffset: head.journalOffset, over: partitions)
                return (replay, head.next)
            }
            earliest = MissingSnapshot.Bounds(
                offset: outline.eventsEnd, timeMillis: max(0, outline.clock + 1))
        }
        return nil
    }

    /// Of every snapshot that can be had, newest first.
    private mutating func outlines(fetchedInto folder: SnapshotFolder) -> [SnapshotOutline] {
        if let topic = settings.snapshotTopic {
            do throws(SnapshotError) { try topic.fetchAll(task: task, into: folder) } catch {
                unreadable.append(error)
            }
        }
        var outlines: [SnapshotOutline] = []
        for folder in [settings.snapshotFolder, folder].compactMap(\.self) {
            for next in folder.snapshots(of: task) {
                do throws(SnapshotError) {
                    outlines.append(try SnapshotOutline(next, in: folder, task: task))
                } catch {
                    unreadable.append(error)
                }
            }
        }
        return outlines.sorted { $0.head.next > $1.head.next }
    }

    /// What the journal holds behind a snapshot; nil if the log does not lead on from it: records
    /// or batches behind it are gone, or its history was discarded by a reset.
    private func survey(
        behind outline: SnapshotOutline, asking consumer: borrowing Consumer
    ) throws(WorkerError) -> JournalSurvey? {
        let head = outline.head
        do throws(WorkerError) {
            for partition in partitions {
                try settings.checkThatRecordsAreThere(
                    partition, task: task, head.positions, asking: consumer)
            }
            let survey = try JournalTail(
                settings, task: task, from: head.journalOffset, until: nil
            ).survey(since: head.next, owner: head.owner, within: settings.connectPatience)
            return survey.origin == nil ? survey : nil
        } catch {
            guard case .recovery(let cause) = error, cause.gone != nil else { throw error }
            return nil
        }
    }

    /// The task as the snapshot shows it, with all that the models behind it weigh.
    private mutating func read(
        _ outline: SnapshotOutline, _ survey: JournalSurvey
    ) throws(WorkerError) -> StreamTask<StreamInput>? {
        let weighed = try settings.inputs(
            weighedBy: survey.models, task: task, pipelineSettings)
        do throws(SnapshotError) {
            guard
                let restored = try reader.read(
                    outline.head.next, in: outline.folder,
                    asked: pipelineSettings.asked.union(weighed))
            else { return nil }
            return restored.task(settings)
        } catch {
            unreadable.append(error)
            return nil
        }
    }
}
