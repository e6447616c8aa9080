internal import Drift
internal import Events
internal import Features
internal import Pipeline
internal import Training

/// The pipeline over files: the same steps in the same order as over topics, without Kafka.
struct Replay: ~Copyable {
    private(set) var pipeline: EventPipeline
    private var merge: ReplayMerge
    private(set) var delayed: DelayedLabels?
    private var group = ReplayGroup()
    private var outbox = Outbox()
    private(set) var outputs: ReplayOutputs
    private let files: [ReplayFile]
    private let eventID: EventID
    /// The file whose decoder the pipeline has, for each stream.
    private var lent: (events: ReplayFile?, labels: ReplayFile?)
    /// Time of the first event.
    private(set) var startMillis: Int64?
    /// Fields whose values are noted of each event.
    var fields: [EventValues] = []
    private var records: UInt64 = 0
    private let isWatched: Bool
    /// When windows and alerts were looked at last, in event time.
    private var tickedMillis = Int64.min

    private static let recordsBetweenLooks: UInt64 = 4_096
    /// Event time between two looks at windows and alerts; the service looks after every batch.
    private static let tickMillis: Int64 = 60_000

    /// - Parameters:
    ///   - labels: files whose records have a time.
    ///   - delayed: labels without one.
    init(
        _ settings: PipelineSettings, events: [ReplayFile], labels: [ReplayFile],
        delayed: DelayedLabels?, outputs: consuming ReplayOutputs
    ) throws {
        let pipeline = try EventPipeline(settings)
        let merge = try ReplayMerge(events: events, labels: labels)
        isWatched = settings.watch != nil
        self.pipeline = pipeline
        self.merge = merge
        self.delayed = delayed
        self.outputs = outputs
        files = events + labels
        eventID = EventID(schema: settings.plan.schema)
        lent = (nil, nil)
    }

    /// Whether labelled examples are kept, and labels that the history does not reach are left out.
    var keepsExamples: Bool {
        get { pipeline.examples != nil }
        set { pipeline.examples = newValue ? emptyLog : nil }
    }

    /// Spans of event time whose predictions are judged apart.
    var judgedSpans: [QualityPanes] {
        get { pipeline.judgedSpans }
        set { pipeline.judgedSpans = newValue }
    }

    /// Gives the examples away.
    mutating func takeExamples() -> ExampleLog {
        defer { pipeline.examples = nil }
        return pipeline.examples ?? emptyLog
    }

    private var emptyLog: ExampleLog { ExampleLog(space: pipeline.settings.plan.space) }

    /// Replays everything; an interruption ends it early.
    mutating func run(_ progress: inout ProgressLine) throws(Failure) {
        while !Interruption.hasCome {
            try takeGroup()
            guard !group.records.isEmpty else { break }
            for record in group.records { try step(record) }
            let before = records / Self.recordsBetweenLooks
            records += UInt64(group.records.count)
            if records / Self.recordsBetweenLooks > before {
                progress.update(count: pipeline.counts.events, fraction: fraction)
            }
        }
        // What a history does not reach was not known in it.
        if !keepsExamples { takeDueLabels(before: .max) }
        try tick()
        try outputs.finish()
    }

    /// Takes the next records from their files, and lets the pipeline look ahead to them.
    private mutating func takeGroup() throws(Failure) {
        group.removeAll()
        while !group.isFull, let file = merge.next {
            lend(file)
            group.append(file)
            lookAhead()
            try merge.advance(file)
        }
    }

    private mutating func lookAhead() {
        guard let record = group.records.last else { return }
        Self.lookAhead(&pipeline, to: record, of: group)
    }

    private static func lookAhead(
        _ pipeline: inout EventPipeline, to record: ReplayGroup.Record,
        of group: borrowing ReplayGroup
    ) {
        pipeline.lookAhead(to: record.origin, value: group.bytes(of: record))
    }

    /// A label due at an event's time is taken before the event.
    private mutating func takeDueLabels(before millis: Int64) {
        while let due = delayed?.next(dueAt: millis) {
            pipeline.takeLabel(due.label, ofEvent: due.key)
        }
    }

    private mutating func step(_ record: ReplayGroup.Record) throws(Failure) {
        let isEvent = record.origin.stream == .events
        let time = record.origin.timestampMillis
        if isEvent { takeDueLabels(before: time) }
        let before = pipeline.counts.events
        Self.step(&pipeline, with: record, of: group, into: &outbox)
        try outputs.take(outbox, of: record)
        outbox.removeAll()
        if isWatched, pipeline.clock >= tickedMillis + Self.tickMillis { try tick() }
        guard pipeline.counts.events > before else { return }
        if startMillis == nil { startMillis = time }
        let label = delayed?.await(key: eventID.key(of: pipeline.row), eventMillis: time)
        for place in fields.indices {
            fields[place].note(eventID.key(of: pipeline.row), pipeline.row)
        }
        try outputs.takeFeatures(of: &pipeline, timeMillis: time, label: label ?? nil)
    }

    /// Lets whoever watches look at what has closed; alerts keep to the time of the events.
    private mutating func tick() throws(Failure) {
        guard isWatched, pipeline.clock != .min else { return }
        tickedMillis = pipeline.clock
        _ = pipeline.tick(now: pipeline.clock, into: &outbox)
        try outputs.takeWatched(outbox)
        outbox.removeAll()
    }

    private static func step(
        _ pipeline: inout EventPipeline, with record: ReplayGroup.Record,
        of group: borrowing ReplayGroup, into outbox: inout Outbox
    ) {
        pipeline.step(record.origin, key: nil, value: group.bytes(of: record), into: &outbox)
    }

    /// Gives the pipeline the file's decoder, and the last file's back.
    private mutating func lend(_ file: ReplayFile) {
        let last = file.stream == .events ? lent.events : lent.labels
        guard last !== file else { return }
        last?.exchangeDecoder(with: &pipeline)
        file.exchangeDecoder(with: &pipeline)
        if file.stream == .events { lent.events = file } else { lent.labels = file }
    }

    /// The part of the files that is read, if their sizes are known.
    private var fraction: Double? {
        var read = 0
        var total = 0
        for file in files {
            guard let size = file.bytesTotal else { return nil }
            read += file.bytesRead
            total += size
        }
        return Double(read) / Double(max(1, total))
    }
}
