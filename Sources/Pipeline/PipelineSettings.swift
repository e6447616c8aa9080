public import Events
public import Features
public import Model
internal import Drift
internal import Statistics
public import Training

/// Everything a pipeline is made from: the project, with no Kafka, clock or files in it.
public struct PipelineSettings: Sendable {
    public var plan: FeaturePlan
    /// Who asks for features; nil computes every input of the model.
    public var demand: FeatureDemand?
    public var limits = FeatureLimits()
    public var decodeLimits = DecodeLimits()
    public var labels: LabelSettings?
    public var scoring: Scoring
    /// Reasons given with a prediction, largest first.
    public var reasonsMax = 3
    /// Whether a prediction carries the values of its numeric inputs.
    public var publishesFeatures = false
    /// Statistics and usage of every feature; nil keeps none.
    public var observation: ObservationSettings?
    /// Names of the topics that positions refer to.
    public var eventsTopic = "events"
    public var labelsTopic = "labels"
    /// Bytes of an event's key, which its prediction bears; an event with a longer one is rejected.
    public var keyBytesMax = 65_536
    /// Bytes of a rejected message that its dead letter keeps.
    public var deadLetterBytesMax = 512 * 1_024
    /// Labelled examples over which quality is measured.
    public var validationExamplesMax = 100_000
    /// Length of the windows over which a learner's examples are summarised, for the baseline of
    /// its artifact; nil summarises none.
    public var learnedWindowMillis: Int64?
    /// What windows are compared with and who is told; nil where nobody watches.
    public var watch: WatchSettings?

    public init(plan: FeaturePlan, scoring: Scoring) {
        self.plan = plan
        self.scoring = scoring
    }

    /// What is kept in all: whoever watches compares windows of the statistics.
    ///
    /// - Precondition: the watch's windows nest with those of the statistics.
    var observed: ObservationSettings? {
        guard let watch else { return observation }
        var observed = observation ?? .unpublished
        let pane = watch.windows.slideMillis
        guard let all = try? observed.statistics.including(windowMillis: pane)
        else { preconditionFailure("\(pane) ms in \(observed.statistics)") }
        observed.statistics = all
        return observed
    }

    /// The most bytes that the summaries of a learner's examples take: 150 kB an input.
    public static func learnedByteCountMax(of plan: FeaturePlan) -> Int {
        LearnedExamples.byteCountMax(
            inputs: plan.inputs.count, buckets: plan.space.width - plan.space.numericCount)
    }

    /// Where the weights come from.
    public enum Scoring: Sendable {
        /// A fixed model; labels only judge it.
        case model(SparseModel)
        /// A model that learns from labels as they arrive.
        case learner(OnlineLearner.Parameters, penaltyFactors: [String: Double])
    }
}

/// How labels are read and what their absence means.
public struct LabelSettings: Sendable {
    public var schema: EventSchema
    /// The slot of the label's value, a number or a bool.
    public var value: Int
    /// The slot of the example's importance, such as 10 for a negative of which one in ten is
    /// labelled; nil weighs all alike.
    public var weight: Int?
    /// How long after its event a label is waited for.
    public var maturityMillis: Int64
    public var silence: Silence
    public var pending: PendingLabels.Limits

    /// What an event without a label is once it has matured.
    public enum Silence: String, CaseIterable, Sendable {
        case negative, drop
    }

    public init(
        schema: EventSchema, value: Int, maturityMillis: Int64, silence: Silence = .negative,
        pending: PendingLabels.Limits = PendingLabels.Limits()
    ) {
        self.schema = schema
        self.value = value
        self.maturityMillis = maturityMillis
        self.silence = silence
        self.pending = pending
    }
}
