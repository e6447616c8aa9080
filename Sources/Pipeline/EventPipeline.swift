internal import Bytes
public import Drift
public import Events
internal import Features
public import Model
public import Sparse
public import Training

/// Bytes to prediction: the one `step` that scores live, replays history and makes training sets.
///
/// A pipeline is a fold over one task's records: the same records in the same order give the same
/// bytes in the outbox and the same state. It knows no Kafka, clock, file or thread. A
/// record that is not turned away allocates nothing once every buffer has reached its size.
public struct EventPipeline: ~Copyable {
    public internal(set) var settings: PipelineSettings
    var decoder: EventDecoder
    /// After the step of an event: that event, with everything computed from it. Not specified
    /// after a label or a rejected record, nor once a record was looked ahead to.
    public internal(set) var row: EventRow
    /// Records decoded before their steps.
    var ahead: LookAhead
    var features: FeatureState
    /// The model's inputs of the newest event.
    public internal(set) var vector = SparseVector()
    var reference = FeatureState.Reference()
    public internal(set) var model: SparseModel
    public internal(set) var learner: OnlineLearner?
    /// What each entry of `vector` adds to the margin.
    var contributions: [Double]
    var reasons: Reasons
    var inputs: [Double]
    var predictionWriter: PredictionWriter
    var labels: LabelJoin?
    /// Set where the project has someone watch.
    var watch: PipelineWatch?
    /// Statistics and usage of the features, if they are kept.
    public internal(set) var observation: Observation?
    /// What the learner's examples were like, if its artifact is to tell.
    var learnedExamples: LearnedExamples?
    /// The event whose label came last.
    var example = PendingExample()
    /// Labelled examples, for training; nil keeps none.
    public var examples: ExampleLog?
    /// Spans of event time whose predictions are judged apart; no part of a snapshot.
    public var judgedSpans: [QualityPanes] = []
    public internal(set) var counts = PipelineCounts()
    /// The newest event time seen; time never runs backwards.
    public internal(set) var clock = Int64.min

    /// A pipeline at the beginning of its history, for JSON messages.
    public init(_ settings: PipelineSettings) throws(SchemaError) {
        let limits = settings.decodeLimits
        let events = try EventDecoder(json: settings.plan.schema, limits: limits)
        guard let labels = settings.labels else {
            self.init(settings, events: events, labels: nil)
            return
        }
        let labelDecoder = try EventDecoder(json: labels.schema, limits: limits)
        self.init(settings, events: events, labels: labelDecoder)
    }

    /// A pipeline whose events and labels come in the given formats.
    public init(
        _ settings: PipelineSettings, events: consuming EventDecoder,
        labels: consuming EventDecoder?
    ) {
        self.settings = settings
        let plan = settings.plan
        decoder = events
        row = EventRow(slots: plan.slotCount)
        ahead = LookAhead(slots: plan.slotCount)
        features = FeatureState(plan: plan, limits: settings.limits)
        switch settings.scoring {
        case .model(let model):
            self.model = model
        case .learner(let parameters, let penaltyFactors):
            var learner = OnlineLearner(space: plan.space, parameters: parameters)
            for (index, name) in plan.inputs.enumerated() where penaltyFactors[name] != nil {
                for place in plan.indices(ofInput: index) {
                    learner.setPenaltyFactor(penaltyFactors[name] ?? 1, at: place)
                }
            }
            model = learner.emptyModel()
            self.learner = learner
            learnedExamples = settings.learnedWindowMillis.map {
                LearnedExamples(windowMillis: $0, plan: plan)
            }
        }
        contributions = Array(repeating: 0, count: plan.inputs.count)
        reasons = Reasons(limit: settings.reasonsMax)
        inputs = Array(repeating: .nan, count: plan.space.numericCount)
        let version = model.version
        let loss = model.loss
        observation = settings.observed.map { Observation($0, plan: plan, loss: loss) }
        if let watched = settings.watch, let statistics = observation?.statistics {
            watch = PipelineWatch(
                watched, plan: plan, statistics: statistics, model: version,
                learns: learner != nil)
        }
        predictionWriter = PredictionWriter(
            model: model.version, features: plan.inputs,
            topics: [settings.eventsTopic, settings.labelsTopic])
        if let labelSettings = settings.labels, let labels {
            self.labels = LabelJoin(
                labelSettings, decoder: labels, pageCount: plan.labelledEntityCount,
                validationExamplesMax: settings.validationExamplesMax)
        }
    }

    /// One record: an event is scored, a label learned from; what cannot be read becomes a dead
    /// letter.
    public mutating func step(
        _ origin: RecordOrigin, key: RawSpan?, value: RawSpan, into outbox: inout Outbox
    ) {
        let (record, place) = decoded(origin, value)
        switch record {
        case .event(let time):
            if let rejection = rejection(of: time, in: origin, key: key) {
                return reject(rejection, nil, origin, key: key, value: value, into: &outbox)
            }
            takeEvent(origin, time: time, key: key, ahead: place, into: &outbox)
        case .label(let label, let event): take(label, ofEvent: event)
        case .failure(let error):
            reject(.undecodable(error.reason), error, origin, key: key, value: value, into: &outbox)
        }
    }

    private mutating func takeEvent(
        _ origin: RecordOrigin, time: Int64, key: RawSpan?, ahead place: Int?,
        into outbox: inout Outbox
    ) {
        advanceClock(to: time)
        features.step(
            row: &row, time: time, clock: clock, into: &vector, reference: &reference,
            ahead: place)
        let margin = model.margin(of: vector, contributions: &contributions)
        let score = model.loss.prediction(atMargin: margin)
        publish(
            Prediction(
                time: time, score: score, margin: margin,
                source: SourcePosition(
                    topic: origin.stream.rawValue, partition: origin.partition,
                    offset: origin.offset)),
            key: key, into: &outbox)
        observe(margin: margin, score: score, time: time, origin, into: &outbox)
        learnedExamples?.noteEvent(clock: clock)
        awaitLabel(time: time, score: score)
        counts.events += 1
    }
}

extension EventPipeline {
    /// Why an event is turned away, if it is: its key is too long, or its time finds no place. A
    /// record without a timestamp (0) does not say what is ahead.
    private func rejection(
        of time: Int64, in origin: RecordOrigin, key: RawSpan?
    ) -> Rejection? {
        if let key, key.byteCount > settings.keyBytesMax { return .undecodable(.tooLarge) }
        let limits = settings.limits
        if clock != .min, time < clock - limits.latenessMillis { return .late }
        guard origin.timestampMillis > 0 else { return nil }
        return time - limits.aheadMillis > origin.timestampMillis ? .ahead : nil
    }
}
