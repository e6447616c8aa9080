import Bytes
import Events
import Features
import Model
import Pipeline
import Sparse
import Training

/// The handbook project's step taken apart: each stage runs over a whole block before the next
/// begins, so that one reading of the clock times it. It must write the same bytes as the step.
struct StagedRun: ~Copyable {
    let settings: PipelineSettings
    var decoder: EventDecoder
    var labelDecoder: EventDecoder
    var row: EventRow
    var labelRow: EventRow
    var features: FeatureState
    var learner: OnlineLearner
    var model: SparseModel
    var contributions: [Double] = []
    var reasons: Reasons
    var writer: PredictionWriter
    var output = ByteWriter(reservingCapacity: 1 << 20)
    var pending: PendingLabels
    var validation = ProgressiveValidation()
    var clock = Int64.min
    var events: [StagedEvent] = []
    var vectors: [SparseVector] = []
    var labels: [StagedLabel] = []
    private var times: [Stage: Samples] = [:]
    /// As `StepRun.digest`.
    private(set) var digest: UInt64 = 0

    init(_ settings: PipelineSettings) throws {
        let plan = settings.plan
        guard let labelSettings = settings.labels,
            case .learner(let parameters, _) = settings.scoring
        else { throw NotLearning() }
        let decoder = try EventDecoder(json: plan.schema)
        let labelDecoder = try EventDecoder(json: labelSettings.schema)
        self.settings = settings
        self.decoder = decoder
        self.labelDecoder = labelDecoder
        row = EventRow(slots: plan.slotCount)
        labelRow = EventRow(slots: labelSettings.schema.fields.count)
        features = FeatureState(plan: plan, limits: settings.limits)
        learner = OnlineLearner(space: plan.space, parameters: parameters)
        model = learner.emptyModel()
        reasons = Reasons(limit: settings.reasonsMax)
        writer = PredictionWriter(
            model: model.version, features: plan.inputs, topics: ["events", "labels"])
        pending = PendingLabels(
            maturityMillis: labelSettings.maturityMillis,
            payloadCount: 2 + plan.labelledEntityCount)
    }

    /// The stages are those of a project that learns from labels.
    struct NotLearning: Error {}

    mutating func forgetTimes() { times.removeAll() }

    mutating func note(_ stage: Stage, since start: Double, over count: Int) {
        times[stage, default: Samples()].append(ThreadTime.now() - start, over: count)
    }

    /// Nanoseconds per event or label.
    func cost(of stage: Stage) -> Double {
        let cost = times[stage]?.median ?? 0
        return stage == .features ? cost - (times[.refill]?.median ?? 0) : cost
    }

    mutating func step(_ log: borrowing PaymentLog, _ block: PaymentLog.Block) throws {
        while events.count < block.events.count {
            events.append(StagedEvent())
            vectors.append(SparseVector())
        }
        while labels.count < block.labels.count { labels.append(StagedLabel()) }
        try stepEvents(log, block.events)
        digestPredictions(block.events.count)
        try stepLabels(log, block.labels)
        output.removeAll()
    }

    private mutating func digestPredictions(_ count: Int) {
        var start = 0
        for place in 0..<count {
            let end = events[place].end
            digest = Self.digest(output, start..<end, after: digest)
            start = end
        }
    }

    private static func digest(
        _ output: borrowing ByteWriter, _ range: Range<Int>, after digest: UInt64
    ) -> UInt64 {
        StableHash.of(output.bytes.extracting(range), seed: digest)
    }
}

/// What the stages leave for one another of one event.
struct StagedEvent {
    var id: Int64 = 0
    var time: Int64 = 0
    var customer: Int64 = 0
    var terminal: Int64 = 0
    var amount = 0.0
    var key: UInt64 = 0
    var reference = FeatureState.Reference()
    var prediction = Prediction(
        time: 0, score: 0, margin: 0, source: SourcePosition(topic: 0, partition: 0, offset: 0))
    var reasons: [Reason] = []
    /// Where its message ends in the block's output.
    var end = 0
}

/// What they leave of one label.
struct StagedLabel {
    var key: UInt64 = 0
    var value = 0.0
    var example = PendingExample()
}
