/// What the examples that a model was trained on were like, feature by feature, and how they
/// scored: what windows of a running service can be compared with.
///
/// Memory: about 4 kB a feature.
public struct ModelBaseline: Equatable, Sendable {
    /// Event times of the first example and of the last, milliseconds since the Unix epoch.
    public var times: ClosedRange<Int64>
    /// By name of the feature, those that weigh nothing too.
    public var features: [String: Column]
    /// Of the model's own predictions of the examples; of one that learned online, of its newest
    /// ones, each made before it saw the label.
    public var scores: Column
    /// How much the windows held that the examples came in; nil where that is not known.
    public var window: Window?

    public init(times: ClosedRange<Int64>, features: [String: Column], scores: Column) {
        self.times = times
        self.features = features
        self.scores = scores
    }

    /// A window of event time.
    public struct Window: Equatable, Sendable {
        /// Its length.
        public var millis: Int64
        /// The events that one held on average, with a label or without.
        public var events: Double

        public init(millis: Int64, events: Double) {
            self.millis = millis
            self.events = events
        }
    }

    /// One feature's values.
    public struct Column: Equatable, Sendable {
        /// Examples; those below are among them.
        public var events: Int
        /// Without a value.
        public var missing = 0
        /// Infinite.
        public var nonFinite = 0
        /// Exactly zero.
        public var zero = 0
        /// So many examples said as much as one independent one, because those of an hour are
        /// alike: at least 1 (Kish 1965).
        public var designEffect = 1.0
        /// Different values a window (`window.millis`); nil where they were not counted.
        public var distinct: Distinct?
        public var values: Values

        public init(events: Int, values: Values) {
            self.events = events
            self.values = values
        }
    }

    /// An estimated number of different values.
    public struct Distinct: Equatable, Sendable {
        public var estimate: Double
        /// The estimate's standard error as a share of it.
        public var relativeError: Double

        public init(_ estimate: Double, relativeError: Double) {
            self.estimate = estimate
            self.relativeError = relativeError
        }
    }

    /// What the values were, by kind of the feature.
    public enum Values: Equatable, Sendable {
        /// Mean and variance (over n - 1) of the finite values, and their distribution; nil for
        /// none.
        case numeric(Numeric?)
        case category(Categories)
    }

    /// The distribution of numbers as a step function.
    public struct Numeric: Equatable, Sendable {
        public var mean: Double
        public var variance: Double
        /// Values, ascending, and how many examples each stands for.
        public var steps: [Step]
        /// How far the share of examples at or below a value may be off, 0…1.
        public var rankError: Double

        public init(mean: Double, variance: Double, steps: [Step], rankError: Double) {
            self.mean = mean
            self.variance = variance
            self.steps = steps
            self.rankError = rankError
        }
    }

    /// A value and the examples that it stands for.
    public struct Step: Equatable, Sendable {
        public var value: Double
        public var weight: Double

        public init(value: Double, weight: Double) {
            self.value = value
            self.weight = weight
        }
    }

    /// How often the most frequent buckets of a hashed feature came.
    public struct Categories: Equatable, Sendable {
        /// The most frequent first.
        public var counts: [BucketCount]
        /// No bucket that is not listed came more often.
        public var unlistedMax: Int

        public init(counts: [BucketCount], unlistedMax: Int) {
            self.counts = counts
            self.unlistedMax = unlistedMax
        }
    }

    /// A bucket and how many examples had it.
    public struct BucketCount: Equatable, Sendable {
        public var bucket: Int
        public var count: Int

        public init(bucket: Int, count: Int) {
            self.bucket = bucket
            self.count = count
        }
    }
}
