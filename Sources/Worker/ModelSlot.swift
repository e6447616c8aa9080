public import Kafka
public import Model
internal import Sparse
internal import Synchronization
public import Training

/// The model that workers are to score with. Whoever follows a registry puts one here; each worker
/// takes it between two batches. Only finished, immutable values pass.
public final class ModelSlot: Sendable {
    private let current: Mutex<SparseModel>
    /// Gives the model of a version that served before: batches that are stepped again are scored
    /// by the model that scored them first.
    let load: PastModels
    private let switches = Mutex<[ModelSwitch]>([])
    private let refusals = Mutex<[ModelRefusal]>([])
    private let sample = Mutex<ScaleSample>(ScaleSample())

    /// Switches that nobody fetched; older ones are forgotten.
    static let switchesMax = 100_000

    public init(_ model: SparseModel, load: @escaping PastModels) {
        current = Mutex(model)
        self.load = load
    }

    /// The model that the next batch of every worker is scored with.
    ///
    /// - Precondition of whoever puts it: it is of the workers' feature space.
    public var model: SparseModel {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// What tasks began to score with since the last call, oldest first.
    public func takeSwitches() -> [ModelSwitch] {
        switches.withLock { switches in
            defer { switches.removeAll() }
            return switches
        }
    }

    func note(_ change: ModelSwitch) {
        switches.withLock { switches in
            if switches.count == Self.switchesMax { switches.removeFirst() }
            switches.append(change)
        }
    }

    /// Models that workers could not score with since the last call.
    public func takeRefusals() -> [ModelRefusal] {
        refusals.withLock { refusals in
            defer { refusals.removeAll() }
            return refusals
        }
    }

    func refuse(_ version: String, reason: String) {
        refusals.withLock { refusals in
            let refusal = ModelRefusal(version: version, reason: reason)
            if !refusals.contains(refusal) { refusals.append(refusal) }
        }
    }

    /// Mean and scale of the values that were scored lately, once enough were seen: each block of
    /// them is given once.
    public func takeScale() -> OnlineScaler? { sample.withLock { $0.takeBlock() } }

    /// Of how many events in a batch one is looked at; besides these the last of each batch.
    static let sampledEvery = 32

    func observe(_ vector: borrowing SparseVector, ofTask task: Int, events: UInt64, width: Int) {
        sample.withLock { $0.observe(vector, ofTask: task, events: events, width: width) }
    }
}

/// The model of a version that is not the present one any more. May read files.
public typealias PastModels = @Sendable (_ version: String) throws(ModelGone) -> SparseModel

/// Why a model of the past cannot be had.
public struct ModelGone: Error, Equatable {
    public let reason: String

    public init(reason: String) { self.reason = reason }
}

/// A model that a worker could not score with, because the features that it weighs cannot be
/// backfilled.
public struct ModelRefusal: Equatable, Sendable {
    public let version: String
    public let reason: String
}

/// From these offsets on, a task's predictions come from another model.
public struct ModelSwitch: Equatable, Sendable {
    /// The model's version; nil where the task was given back, or its worker ended.
    public let version: String?
    /// Of the partitions with events.
    public let positions: [PartitionOffset]
}

/// A sample of the vectors that are scored, in blocks: some of each batch, so that a busy stream
/// pays next to nothing for it.
private struct ScaleSample {
    private var scaler: OnlineScaler?
    private var count = 0
    private var began = ContinuousClock.now
    private var block: OnlineScaler?
    /// Events of each task when its last vector was taken.
    private var taken: [Int: UInt64] = [:]

    /// Vectors of one block: the standard error of a mean is then 6 % of the scale.
    private static let blockVectors = 250
    /// Of one that has lasted long: 14 %, where a unit is wrong by a multiple of the scale.
    private static let blockVectorsMin = 50
    private static let blockPatience = Duration.seconds(5)

    mutating func observe(
        _ vector: borrowing SparseVector, ofTask task: Int, events: UInt64, width: Int
    ) {
        guard taken.updateValue(events, forKey: task) != events else { return }
        var scaler = scaler ?? OnlineScaler(numericCount: width)
        self.scaler = nil
        let indices = vector.indices.span
        let values = vector.values.span
        for place in indices.indices where Int(indices[place]) < width {
            scaler.observe(values[place], at: Int(indices[place]))
        }
        if count == 0 { began = .now }
        count += 1
        if count == Self.blockVectors
            || (count >= Self.blockVectorsMin && .now - began > Self.blockPatience)
        {
            block = scaler
            count = 0
        } else {
            self.scaler = scaler
        }
    }

    mutating func takeBlock() -> OnlineScaler? {
        defer { block = nil }
        return block
    }
}
