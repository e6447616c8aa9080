public import Bytes
internal import Events
internal import Features
internal import Model
internal import Statistics
internal import Training

/// The part of a pipeline's state that a snapshot takes at once: what is learned, what is counted.
///
/// A value apart from the pipeline, which may go on: large arrays are shared until one of the two
/// changes them. It may be written on another thread. All numbers little-endian:
///
///     frame of kind pipelineHead:
///     | identity u64 | clock i64 | events, labels, predictions, matured u64 |
///     | rejections u32 | (code text | count u64) × them |
///     | learns u8 | [learner frame | model frame] | judges u8 | [validation] |
///     | observes u8 | [observation] |
///     | watches u8 | [frame of the watch] |                                 not in version 1
///     | summarises u8 | [frame of learned examples] |                       not before version 3
public struct PipelineHead: Sendable {
    var identity: UInt64
    var clock: Int64
    var counts: PipelineCounts
    var learner: OnlineLearner?
    var model: SparseModel?
    var validation: ProgressiveValidation?
    var observation: Observation?
    var watch: PipelineWatch?
    var learnedExamples: LearnedExamples?

    static let version: UInt16 = 3

    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.pipelineHead, version: Self.version) { payload in
            payload.append(fixed: identity)
            payload.append(fixed: clock)
            payload.append(fixed: counts.events)
            payload.append(fixed: counts.labels)
            payload.append(fixed: counts.predictions)
            payload.append(fixed: counts.matured)
            append(rejections: counts.rejections, to: &payload)
            payload.append(fixed: UInt8(learner == nil ? 0 : 1))
            learner?.append(to: &payload)
            if learner != nil { model?.append(to: &payload) }
            payload.append(fixed: UInt8(validation == nil ? 0 : 1))
            validation?.append(to: &payload)
            payload.append(fixed: UInt8(observation == nil ? 0 : 1))
            observation?.append(to: &payload)
            payload.append(fixed: UInt8(watch == nil ? 0 : 1))
            watch?.append(to: &payload)
            payload.append(fixed: UInt8(learnedExamples == nil ? 0 : 1))
            learnedExamples?.append(to: &payload)
        }
    }

    private func append(
        rejections: [Rejection: UInt64], to payload: inout ByteWriter
    ) {
        payload.append(fixed: UInt32(rejections.count))
        for (rejection, count) in rejections.sorted(by: { $0.key.code < $1.key.code }) {
            payload.append(counted: rejection.code)
            payload.append(fixed: count)
        }
    }
}

extension PipelineHead {
    /// The newest time in the state that a frame of this kind tells, milliseconds since the Unix
    /// epoch; `Int64.min` before the first event. No accepted event of the state is newer.
    package static func clock(of bytes: RawSpan) throws(FormatError) -> Int64 {
        let frame = try Frame(bytes, kind: .pipelineHead, newestVersion: version)
        var reader = ByteReader(frame.payload)
        _ = try reader.readUInt64()
        return try reader.readInt64()
    }
}

extension EventPipeline {
    var head: PipelineHead {
        var validation: ProgressiveValidation?
        switch labels {
        case .some(let labels): validation = labels.validation
        case .none: break
        }
        return PipelineHead(
            identity: settings.stateIdentity, clock: clock, counts: counts, learner: learner,
            model: model, validation: validation, observation: observation,
            watch: watch, learnedExamples: learnedExamples)
    }

    /// Takes in a `pipelineHead` frame.
    mutating func restore(head frame: borrowing Frame) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        guard try reader.readUInt64() == settings.stateIdentity else {
            throw .invalid(field: "project", at: 0)
        }
        clock = try reader.readInt64()
        guard clock == .min || EventTime.limits.contains(clock) else {
            throw .invalid(field: "clock", at: reader.offset)
        }
        counts.events = try reader.readTally("events")
        counts.labels = try reader.readTally("labels")
        counts.predictions = try reader.readTally("predictions")
        counts.matured = try reader.readTally("matured")
        for _ in 0..<(try reader.readUInt32()) {
            let start = reader.offset
            let code = try reader.readText("rejection", bytesMax: 64)
            guard let rejection = Rejection(code: code), counts.rejections[rejection] == nil else {
                throw .invalid(field: "rejection", at: start)
            }
            counts.rejections[rejection] = try reader.readTally("rejections")
        }
        guard try reader.readFlag("learns") == (learner != nil) else {
            throw .invalid(field: "learns", at: reader.offset)
        }
        if let parameters = learner?.parameters {
            let space = settings.plan.space
            learner = try OnlineLearner(
                restoring: reader.rest, space: space, parameters: parameters)
            try reader.skip(try Frame.byteCount(of: reader.rest))
            model = try SparseModel(restoring: reader.rest, space: space)
            try reader.skip(try Frame.byteCount(of: reader.rest))
            predictionWriter.setModel(model.version)
        }
        guard try reader.readFlag("judges") == (labels != nil) else {
            throw .invalid(field: "judges", at: reader.offset)
        }
        if labels != nil {
            labels?.validation = try ProgressiveValidation(
                restoring: &reader, windowExamples: settings.validationExamplesMax)
        }
        let hasStatistics = try restoreObservation(from: &reader)
        if frame.version > 1 {
            try restoreWatch(from: &reader, hasStatistics: hasStatistics)
        }
        if frame.version > 2 { try restoreLearnedExamples(from: &reader) }
        try reader.end()
    }

    /// A summary that nobody wants any more is passed over; one that is new begins with this run.
    private mutating func restoreLearnedExamples(
        from reader: inout ByteReader
    ) throws(FormatError) {
        guard try reader.readFlag("summarises") else { return }
        guard try learnedExamples?.restore(from: &reader) == nil else { return }
        try reader.skip(try Frame.byteCount(of: reader.rest))
    }

    /// Statistics are no part of what a feature is: those that nobody wants any more are passed
    /// over, and new ones begin with this run.
    ///
    /// - Returns: whether they go on.
    private mutating func restoreObservation(
        from reader: inout ByteReader
    ) throws(FormatError) -> Bool {
        guard try reader.readFlag("observes") else { return false }
        guard let isAlike = try observation?.restore(from: &reader) else {
            try Observation.skip(in: &reader)
            return false
        }
        return isAlike
    }

    /// A watch that nobody wants any more is passed over; one that is new begins with this run.
    private mutating func restoreWatch(
        from reader: inout ByteReader, hasStatistics: Bool
    ) throws(FormatError) {
        guard try reader.readFlag("watches") else { return }
        guard watch != nil else {
            return try reader.skip(try Frame.byteCount(of: reader.rest))
        }
        guard let statistics = observation?.settings.statistics else {
            throw .invalid(field: "watches", at: reader.offset)
        }
        try watch?.restore(
            from: &reader, like: FeatureSummary(statistics), hasStatistics: hasStatistics)
    }
}

extension Rejection {
    init?(code: String) {
        switch code {
        case Rejection.late.code: self = .late
        case Rejection.ahead.code: self = .ahead
        default:
            guard let reason = DecodeError.Reason(rawValue: code) else { return nil }
            self = .undecodable(reason)
        }
    }
}
