/// Everything a model artifact says, before it is fixed in bytes (`ModelArtifact`).
///
/// The objective minimised is `(1/n) Σ loss + λ (α Σ p|w| + (1-α)/2 Σ p w²)` over standardised
/// features, intercept unpenalised, p the features' penalty factors. Of a group of k weights, |w|
/// is their length, and p √k times the feature's factor, in both terms (Yuan and Lin 2006).
public struct ModelContent: Equatable, Sendable {
    /// One weight, or one block of weights.
    public struct Feature: Equatable, Sendable {
        public var name: String
        /// Digest of how it is computed.
        public var definition: String
        public var weights: Weights
        /// Scales the penalty; 0 exempts the feature.
        public var penaltyFactor = 1.0
        /// Features of one group got their weights together or not at all; nil for one by itself.
        public var group: String?

        public init(
            name: String, definition: String, weights: Weights, penaltyFactor: Double = 1
        ) {
            self.name = name
            self.definition = definition
            self.weights = weights
            self.penaltyFactor = penaltyFactor
        }
    }

    /// What a feature weighs, by kind.
    public enum Weights: Equatable, Sendable {
        /// The weight of `z = (x - mean) / scale`.
        case numeric(weight: Double, Standardization)
        /// The non-zero weights of `2^bits` buckets, by ascending bucket.
        case category(bits: Int, entries: [BucketWeight])
    }

    /// One non-zero weight of a hashed feature.
    public struct BucketWeight: Equatable, Sendable {
        public var bucket: Int
        public var weight: Double

        public init(bucket: Int, weight: Double) {
            self.bucket = bucket
            self.weight = weight
        }
    }

    /// The strength and the mix of the penalty.
    public struct Objective: Equatable, Sendable {
        /// λ ≥ 0.
        public var lambda: Double
        /// α in 0…1: 1 is all L1.
        public var alpha: Double

        public init(lambda: Double, alpha: Double) {
            self.lambda = lambda
            self.alpha = alpha
        }
    }

    /// What the model was trained on.
    public struct Data: Equatable, Sendable {
        /// Offsets `from ..< to` of one partition.
        public struct OffsetRange: Equatable, Sendable {
            public var topic: String
            public var partition: Int
            public var from: Int64
            public var to: Int64

            public init(topic: String, partition: Int, from: Int64, to: Int64) {
                self.topic = topic
                self.partition = partition
                self.from = from
                self.to = to
            }
        }

        /// Digest of the examples; nil for a stream that is not kept.
        public var digest: String?
        public var examples: Int
        public var ranges: [OffsetRange]
        /// Event times of the first example and of the last, milliseconds since the Unix epoch; nil
        /// where the trainer did not know.
        public var times: ClosedRange<Int64>?
        /// Names of the files that the examples were read from, without their folders.
        public var files: [String] = []

        /// From the oldest of some times, in any order, to the newest; nil for none.
        public static func span(of times: [Int64]) -> ClosedRange<Int64>? {
            guard let oldest = times.min(), let newest = times.max() else { return nil }
            return oldest...newest
        }

        public init(digest: String? = nil, examples: Int, ranges: [OffsetRange] = []) {
            self.digest = digest
            self.examples = examples
            self.ranges = ranges
        }
    }

    /// Who found the weights, and with which settings.
    public struct Solver: Equatable, Sendable {
        public var name: String
        public var parameters: [String: Double]

        public init(name: String, parameters: [String: Double]) {
            self.name = name
            self.parameters = parameters
        }
    }

    public var name: String
    public var loss: Loss
    public var objective: Objective
    /// Standardised values are cut to `-bound…bound`; infinity leaves them as they are.
    public var bound = Double.infinity
    public var intercept: Double
    public var features: [Feature]
    public var seed: Int64?
    public var data: Data
    /// Names of features that pruning must leave.
    public var locks: [String] = []
    public var metrics: [String: Double] = [:]
    public var solver: Solver
    /// What the examples were like; nil where the trainer did not keep it.
    public var baseline: ModelBaseline?

    public init(
        name: String, loss: Loss, objective: Objective, intercept: Double, features: [Feature],
        data: Data, solver: Solver
    ) {
        self.name = name
        self.loss = loss
        self.objective = objective
        self.intercept = intercept
        self.features = features
        self.data = data
        self.solver = solver
    }
}
