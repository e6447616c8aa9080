internal import Features
internal import Histogram
internal import JSON
internal import Pipeline
internal import Webhooks
internal import Worker

/// The workers' states as one.
struct ServiceStatus {
    private(set) var phase = WorkerStatus.Phase.standby
    private(set) var partitionCount = 0
    private(set) var records: UInt64 = 0
    private(set) var delivered: UInt64 = 0
    private(set) var outstanding = 0
    private(set) var replayRemaining: Int64 = 0
    private(set) var backfillRemaining: Int64 = 0
    /// Records in the topics that are still to be used.
    private(set) var lag: Int64 = 0
    private(set) var events: UInt64 = 0
    private(set) var labels: UInt64 = 0
    private(set) var learned = 0
    private(set) var rejections: [String: UInt64] = [:]
    private(set) var errors: [String: Int] = [:]
    private(set) var limits = LimitCounts()
    /// What became of notifications; nil without receivers.
    var webhooks: WebhookSender.Counts?
    /// Predictions judged by their labels, and the sum of their losses.
    private var judged = 0
    private var lossSum = 0.0
    private(set) var models: [String] = []
    private(set) var entities = 0
    private(set) var stateBytes = 0
    private(set) var pending = 0
    private(set) var collisions: UInt64 = 0
    /// The newest event time of any task.
    private(set) var clock: Int64?
    private(set) var latencyMicros = Histogram<UInt64>(
        highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: .three)

    init(_ workers: [WorkerStatus]) {
        phase = workers.map(\.phase).max { $0.rank < $1.rank } ?? .standby
        for worker in workers { add(worker) }
    }

    private mutating func add(_ worker: WorkerStatus) {
        partitionCount += worker.partitions.count
        records += worker.records
        delivered += worker.delivered
        outstanding += worker.outstanding
        replayRemaining += worker.replayRemaining
        backfillRemaining += worker.backfillRemaining
        lag += worker.lag
        errors.merge(worker.errors, uniquingKeysWith: +)
        latencyMicros.add(worker.latencyMicros)
        for pipeline in worker.pipelines { add(pipeline) }
    }

    private mutating func add(_ pipeline: PipelineStatus) {
        events += pipeline.counts.events
        labels += pipeline.counts.labels
        learned += pipeline.learned
        pending += pipeline.pending
        collisions += pipeline.categoryCollisions
        entities += pipeline.features.entities
        stateBytes += pipeline.features.stateBytes
        limits.add(LimitCounts(pipeline))
        judged += pipeline.judged
        lossSum += Double(pipeline.judged) * (pipeline.meanLoss ?? 0)
        models.append(pipeline.modelVersion)
        if let newest = pipeline.clock { clock = max(clock ?? newest, newest) }
        for (reason, count) in pipeline.counts.rejections {
            rejections[reason.code, default: 0] += count
        }
    }

    /// Mean loss of all predictions judged so far, of all tasks; nil before the first.
    var meanLoss: Double? { judged > 0 ? lossSum / Double(judged) : nil }

    /// Milliseconds at a percentile, 0 to 100; nil before the first delivery.
    func latencyMillis(_ percentile: Double) -> Double? {
        guard latencyMicros.totalCount > 0 else { return nil }
        return Double(latencyMicros.valueAtPercentile(percentile)) / 1_000
    }

    /// One line for people.
    func text(eventsPerSecond: Double) -> String {
        var parts = [phase.rawValue]
        if phase == .replaying { parts.append("\(Numerals.grouped(replayRemaining)) to replay") }
        parts += ["\(Numerals.grouped(events)) events", Numerals.rate(eventsPerSecond)]
        if lag > 0 { parts.append("\(Numerals.grouped(lag)) behind") }
        if backfillRemaining > 0 {
            parts.append("\(Numerals.grouped(backfillRemaining)) to backfill")
        }
        if let p99 = latencyMillis(99) { parts.append("p99 \(Numerals.fixed(p99, 1)) ms") }
        if let meanLoss { parts.append("loss \(Numerals.fixed(meanLoss, 4))") }
        let rejected = rejections.values.reduce(0, +)
        if rejected > 0 { parts.append("\(Numerals.grouped(rejected)) rejected") }
        parts += limits.parts
        let untold = webhooks.map { $0.failed + $0.dropped } ?? 0
        if untold > 0 { parts.append("\(Numerals.grouped(untold)) notifications lost") }
        if let clock { parts.append("at \(CalendarTime(millis: clock).text)") }
        return parts.joined(separator: " · ")
    }

    /// The same for programs.
    var document: JSONValue { .object(members) }

    func document(
        of project: String, eventsPerSecond: Double, quality: Quality,
        model: ModelFollowerStatus? = nil
    ) -> JSONValue {
        var document = members
        document.append("project", .string(project))
        if let model { document.append("registry", model.document) }
        document.append("eventsPerSecond", .optional(eventsPerSecond))
        document.append("quality", quality.document)
        return .object(document)
    }

    private var members: JSONObject {
        var document = JSONObject()
        document.append("phase", .string(phase.rawValue))
        let counts: [(String, Int64)] = [
            ("partitions", Int64(partitionCount)), ("records", Int64(records)),
            ("events", Int64(events)), ("labels", Int64(labels)), ("delivered", Int64(delivered)),
            ("outstanding", Int64(outstanding)), ("replayRemaining", replayRemaining),
            ("backfillRemaining", backfillRemaining), ("lag", lag),
            ("learned", Int64(learned)), ("pending", Int64(pending)),
            ("categoryCollisions", Int64(collisions)),
            ("entities", Int64(entities)), ("stateBytes", Int64(stateBytes)),
        ]
        for (name, count) in counts { document.append(name, .integer(count)) }
        let numbers: [(String, Double?)] = [
            ("meanLoss", meanLoss), ("p50Millis", latencyMillis(50)),
            ("p99Millis", latencyMillis(99)), ("p999Millis", latencyMillis(99.9)),
        ]
        for (name, number) in numbers { document.append(name, .optional(number)) }
        document.append("clock", clock.map { .integer($0) } ?? .null)
        document.append("models", .array(models.map { .string($0) }))
        document.append(
            "rejections",
            .object(JSONObject(sorting: rejections.map { ($0, .integer(Int64($1))) })))
        document.append(
            "errors", .object(JSONObject(sorting: errors.map { ($0, .integer(Int64($1))) })))
        document.append("limits", limits.document)
        if let webhooks { document.append("webhooks", webhooks.document) }
        return document
    }
}

extension WorkerStatus.Phase {
    /// From the least to the most telling.
    fileprivate var rank: Int {
        switch self {
        case .stopped: 0
        case .connecting: 1
        case .standby: 2
        case .running: 3
        case .restoring: 4
        case .replaying: 5
        case .draining: 6
        }
    }
}

extension WebhookSender.Counts {
    fileprivate var document: JSONValue {
        .object([
            "sent": .integer(Int64(sent)), "retries": .integer(Int64(retries)),
            "failed": .integer(Int64(failed)), "dropped": .integer(Int64(dropped)),
        ])
    }
}

extension JSONObject {
    /// Members in the order of their names.
    init(sorting members: [(String, JSONValue)]) {
        self.init()
        for (key, value) in members.sorted(by: { $0.0 < $1.0 }) { append(key, value) }
    }
}
