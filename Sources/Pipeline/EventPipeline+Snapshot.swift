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
extension EventPipeline {
    static let tailVersion: UInt16 = 1

    /// Fixes the moment. O(entities / 64), and a copy of large arrays when they change next.
    ///
    /// - Precondition: no windows are being compared aside.
    public mutating func beginSnapshot() -> PipelineHead {
        precondition(!isComparing, "windows are being compared")
        features.beginCut()
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

    /// Gives up a snapshot under way.
    public mutating func abandonSnapshot() {
        features.endCut()
        labels?.pending.endCut()
    }
}

/// A pipeline in the making from the frames of a snapshot.
///
/// Whatever the bytes are, `take` and `finish` throw or give a pipeline that can be used.
public struct PipelineRestoration: ~Copyable {
    private var pipeline: EventPipeline
    private var hasHead = false
    private var hasTail = false

    /// - Parameter pipeline: of the project, and at the beginning of its history.
    public init(_ pipeline: consuming EventPipeline) { self.pipeline = pipeline }

    /// Takes in the frame at the front of `bytes`.
    ///
    /// - Returns: the frame's bytes.
    public mutating func take(_ bytes: RawSpan) throws(FormatError) -> Int {
        let kind = try Frame.kind(of: bytes)
        switch kind {
        case .pipelineHead:
            let frame = try Frame(bytes, kind: kind, newestVersion: PipelineHead.version)
            guard !hasHead else { throw .invalid(field: "second head", at: 0) }
            try pipeline.restore(head: frame)
            hasHead = true
            return frame.byteCount
        case .entityRows:
            let frame = try Frame(bytes, kind: kind, newestVersion: FeatureState.rowsVersion)
            try pipeline.features.restore(rows: frame.payload)
            return frame.byteCount
        case .categoryBuckets:
            let frame = try Frame(bytes, kind: kind, newestVersion: FeatureState.bucketsVersion)
            try pipeline.features.restore(buckets: frame.payload)
            return frame.byteCount
        case .pendingEntries:
            let frame = try Frame(bytes, kind: kind, newestVersion: PendingLabels.entriesVersion)
            try pipeline.restore(pending: frame.payload)
            return frame.byteCount
        case .pipelineTail:
            let frame = try Frame(bytes, kind: kind, newestVersion: EventPipeline.tailVersion)
            guard hasHead, !hasTail else { throw .invalid(field: "tail", at: 0) }
            try pipeline.restore(tail: frame.payload)
            hasTail = true
            return frame.byteCount
        default: throw .wrongKind(found: kind.rawValue, expected: .entityRows)
        }
    }

    /// The pipeline, once head and tail were taken.
    public consuming func finish() throws(FormatError) -> EventPipeline {
        guard hasHead, hasTail else { throw .truncated(at: 0, needed: 1, available: 0) }
        return pipeline
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
