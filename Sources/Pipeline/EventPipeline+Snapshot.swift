public import Bytes
internal import Features
internal import Model
internal import Training

/// Snapshots between batches: the state of one moment, written while the pipeline goes on.
///
///     snapshot: | pipelineHead | entityRows, categoryBuckets, pendingEntries … | pipelineTail |
///
/// `beginSnapshot` gives the head and fixes the moment; `continueSnapshot` appends frames, as many
/// bytes at a time as the caller can spare, and at last the tail. What an event is about to change
/// is written before it changes, and waits here for the next call. A pipeline made from the frames
/// continues with the same bytes as this one did from that moment on.
///
/// A snapshot may build upon the one before: then it has the rows of those entities alone that have
/// changed since, and everything else whole.
extension EventPipeline {
    static let tailVersion: UInt16 = 1

    /// Fixes the moment. O(entities / 64), and a copy of large arrays when they change next.
    ///
    /// - Parameter sinceLast: whether it builds upon the snapshot before, which has been completed.
    /// - Precondition: no windows are being compared aside.
    public mutating func beginSnapshot(sinceLast: Bool = false) -> PipelineHead {
        precondition(!isComparing, "windows are being compared")
        features.beginCut(sinceLast: sinceLast)
        labels?.pending.beginCut()
        return head
    }

    /// Appends what events have changed since the last call, and goes on until about `bytesMax`
    /// bytes of frames were appended.
    ///
    /// - Parameter bytesMax: 0 to append nothing but what has changed.
    /// - Returns: true when the snapshot is complete.
    public mutating func continueSnapshot(
        bytesMax: Int, into writer: inout ByteWriter
    ) -> Bool {
        let end = writer.count + bytesMax
        features.drainCut(into: &writer)
        labels?.pending.drainCut(into: &writer)
        guard features.continueCut(bytesMax: end - writer.count, into: &writer),
            labels?.pending.continueCut(bytesMax: end - writer.count, into: &writer) != false
        else { return false }
        var tail = ByteWriter()
        features.appendTail(to: &tail)
        labels?.pending.appendTail(to: &tail)
        writer.appendFrame(.pipelineTail, version: Self.tailVersion) { $0.append(tail.bytes) }
        return true
    }

    /// Whether a snapshot was completed that the next may build upon.
    public var hasSnapshotBefore: Bool { features.hasCutBefore }

    /// Part of the entities that have changed since. O(entities / 64).
    public var changedShare: Double { features.changedShare }

    /// Gives up a snapshot under way, or the one before: the next cannot build upon it.
    public mutating func abandonSnapshot() {
        features.endCut()
        labels?.pending.endCut()
    }
}

/// A pipeline in the making from the frames of a snapshot, or of a chain of them: those of the
/// newest, then those of the one that it builds upon, and so on to a whole one.
///
/// Whatever the bytes are, `take` and `finish` throw or give a pipeline that can be used.
public struct PipelineRestoration: ~Copyable {
    private var pipeline: EventPipeline
    private var hasHead = false
    private var hasTail = false
    /// Whether the frames are of a snapshot that a newer one builds upon: only entities count.
    private var isBase = false

    /// - Parameter pipeline: of the project, and at the beginning of its history.
    public init(_ pipeline: consuming EventPipeline) { self.pipeline = pipeline }

    /// Takes in the frame at the front of `bytes`.
    ///
    /// - Returns: the frame's bytes.
    public mutating func take(_ bytes: RawSpan) throws(FormatError) -> Int {
        let kind = try Frame.kind(of: bytes)
        guard let version = Self.newestVersion(of: kind) else {
            throw .wrongKind(found: kind.rawValue, expected: .entityRows)
        }
        let frame = try Frame(bytes, kind: kind, newestVersion: version)
        guard !hasTail else { throw .invalid(field: "frame behind the tail", at: 0) }
        switch kind {
        case .pipelineHead:
            guard !hasHead else { throw .invalid(field: "second head", at: 0) }
            if !isBase { try pipeline.restore(head: frame) }
            hasHead = true
        case .entityRows: try pipeline.features.restore(rows: frame.payload)
        case .pipelineTail:
            guard hasHead else { throw .invalid(field: "tail", at: 0) }
            if !isBase { try pipeline.restore(tail: frame.payload) }
            hasTail = true
        case .categoryBuckets where !isBase:
            try pipeline.features.restore(buckets: frame.payload)
        case .pendingEntries where !isBase: try pipeline.restore(pending: frame.payload)
        default: break
        }
        return frame.byteCount
    }

    private static func newestVersion(of kind: FrameKind) -> UInt16? {
        switch kind {
        case .pipelineHead: PipelineHead.version
        case .entityRows: FeatureState.rowsVersion
        case .categoryBuckets: FeatureState.bucketsVersion
        case .pendingEntries: PendingLabels.entriesVersion
        case .pipelineTail: EventPipeline.tailVersion
        default: nil
        }
    }

    /// The frames that follow are of the snapshot that the one taken so far builds upon.
    public mutating func beginBase() throws(FormatError) {
        try checkThatItIsComplete()
        pipeline.features.beginRestoringBase()
        (hasHead, hasTail, isBase) = (false, false, true)
    }

    /// The pipeline, once all was taken.
    public consuming func finish() throws(FormatError) -> EventPipeline {
        try checkThatItIsComplete()
        try pipeline.features.finishRestoring()
        return pipeline
    }

    private func checkThatItIsComplete() throws(FormatError) {
        guard hasHead, hasTail else { throw .truncated(at: 0, needed: 1, available: 0) }
    }
}

extension EventPipeline {
    fileprivate mutating func restore(pending payload: RawSpan) throws(FormatError) {
        guard labels != nil else { throw .invalid(field: "pending labels", at: 0) }
        try labels?.pending.restore(entries: payload, width: settings.plan.space.width)
    }

    fileprivate mutating func restore(tail payload: RawSpan) throws(FormatError) {
        var reader = ByteReader(payload)
        try features.restoreTail(from: &reader)
        try labels?.pending.restoreTail(from: &reader)
        try reader.end()
    }
}
