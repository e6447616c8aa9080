internal import Features
internal import Foundation
internal import Kafka
internal import Model
internal import Project
internal import Registry
internal import Storage
internal import Synchronization
internal import Training
internal import Worker

/// Keeps workers on the model that an alias stands for: looks at the registry five times a second,
/// loads and verifies what is new, and hands it to the workers, who take it between two batches. A
/// version that is refused changes nothing but a counter. What served from which offset on goes
/// back into the registry.
final class ModelFollower: Sendable {
    let slot: ModelSlot
    let source: FollowedAlias
    /// The name under which the registry keeps what this service scored.
    private let service: String
    private let say: @Sendable (String) -> Void
    private let initial: State
    private let board: Mutex<ModelFollowerStatus>
    private let isStarted = Atomic(false)
    private let isStopping = Atomic(false)
    private let hasStopped = Atomic(false)

    static let lookEverySeconds = 0.2
    /// A refused version is tried again after so many looks, for a copy may still be under way.
    private static let looksBetweenAttempts = 5
    /// Switches that could not be written yet; older ones are forgotten.
    private static let unwrittenMax = 10_000

    struct State: Sendable {
        var scorer: FollowedAlias.Scorer
        var stamp: FileStamp?
        /// Every refusal, each version or state of the registry once.
        var refusals = 0
        /// Why the version that the alias stands for does not serve.
        var refusal: String?
        var looks = 0
        var switches = 0
        var warnings: [ScaleWarning] = []
        /// Switches by digest that the registry does not have yet.
        var unwritten: [ModelSwitch] = []
        var writeFailure: String?
    }

    /// Loads what the alias stands for.
    ///
    /// - Parameter say: a line for whoever watches the service.
    init(
        _ source: FollowedAlias, service: String, say: @escaping @Sendable (String) -> Void
    ) throws(Failure) {
        let stamp = source.registry.stamp
        let loaded: (scorer: FollowedAlias.Scorer, refusals: [RegistryError])
        do throws(RegistryError) {
            loaded = try source.loadNewest(of: source.registry.read())
        } catch { throw Failure(error) }
        var state = State(scorer: loaded.scorer, stamp: stamp)
        state.refusals = loaded.refusals.count
        state.refusal = loaded.refusals.first.map { "\($0)" }
        for refusal in loaded.refusals { say("\(refusal)") }
        say("\(source.text) is \(loaded.scorer.version.text)")
        slot = source.slot(beginningWith: loaded.scorer.model)
        self.source = source
        self.service = service
        self.say = say
        initial = state
        board = Mutex(ModelFollowerStatus(state))
    }

    /// Looks at the registry from a thread of its own, until `finish`.
    func start() {
        isStarted.store(true, ordering: .relaxed)
        let thread = Thread { [self] in
            var state = initial
            while !isStopping.load(ordering: .relaxed) {
                look(&state)
                Pace.sleep(Self.lookEverySeconds / 2)
                Pace.sleep(Self.lookEverySeconds / 2)
            }
            look(&state)
            hasStopped.store(true, ordering: .releasing)
        }
        thread.name = "model-follower"
        thread.start()
    }

    /// Writes down what served to the end. After the workers have ended.
    func finish() {
        isStopping.store(true, ordering: .relaxed)
        guard isStarted.load(ordering: .relaxed) else { return }
        while !hasStopped.load(ordering: .acquiring) { Pace.sleep(0.01) }
    }

    var status: ModelFollowerStatus { board.withLock { $0 } }

    /// One look: a new version, switches to write down, the scale of what is scored.
    private func look(_ state: inout State) {
        follow(&state)
        takeRefusals(&state)
        write(&state)
        compareScale(&state)
        let status = ModelFollowerStatus(state)
        board.withLock { $0 = status }
    }

    private func follow(_ state: inout State) {
        let stamp = source.registry.stamp
        state.looks += 1
        let isRetry = state.refusal != nil && state.looks >= Self.looksBetweenAttempts
        guard stamp != state.stamp || isRetry else { return }
        state.looks = 0
        state.stamp = stamp
        do throws(RegistryError) {
            let version = try source.version(in: source.registry.read())
            guard version.digest != state.scorer.version.digest else {
                state.refusal = nil
                return
            }
            let scorer = try source.load(version)
            slot.model = scorer.model
            state.scorer = scorer
            state.refusal = nil
            state.switches += 1
            state.warnings = []
            say("\(source.text) is \(version.text)")
        } catch {
            let reason = "\(error)"
            guard state.refusal != reason else { return }
            state.refusal = reason
            state.refusals += 1
            say("\(reason); \(state.scorer.version.reference) keeps serving")
        }
    }

    /// Models whose features the workers could not have: what serves goes on.
    private func takeRefusals(_ state: inout State) {
        for refusal in slot.takeRefusals() {
            state.refusals += 1
            state.refusal = refusal.reason
            say("version \(refusal.version.prefix(12)) does not serve: \(refusal.reason)")
        }
    }

    // MARK: What served when

    private func write(_ state: inout State) {
        state.unwritten += slot.takeSwitches()
        guard !state.unwritten.isEmpty else { return }
        do throws(RegistryError) {
            let versions = try source.registry.read().model(source.name).versions
            while let first = state.unwritten.first {
                let alike = state.unwritten.prefix { $0.version == first.version }
                let number = versions.last { $0.digest == first.version }?.number ?? 0
                try note(number, from: alike.flatMap(\.positions))
                state.unwritten.removeFirst(alike.count)
            }
            state.writeFailure = nil
        } catch {
            if state.writeFailure == nil { say("what served when is not written down: \(error)") }
            state.writeFailure = "\(error)"
            state.unwritten.removeFirst(max(0, state.unwritten.count - Self.unwrittenMax))
        }
    }

    /// One change for all tasks that switched together.
    private func note(
        _ version: Int, from positions: [PartitionOffset]
    ) throws(RegistryError) {
        try source.registry.noteServing(
            source.name,
            LogEntry.Serving(
                service: service, version: version,
                positions: positions.map {
                    SourceOffset(
                        topic: $0.partition.topic, partition: $0.partition.partition,
                        offset: $0.offset)
                }), by: attribution)
    }

    private var attribution: Attribution {
        Attribution(
            who: "espalier run", why: "follows \(source.text)",
            timeMillis: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    // MARK: Units

    private func compareScale(_ state: inout State) {
        guard let live = slot.takeScale() else { return }
        let warnings = ScalerSentinel.warnings(state.scorer.content) { feature in
            source.index(of: feature).map { live.standardization(at: $0) }
        }
        let known = Set(state.warnings.map(\.feature))
        for warning in warnings where !known.contains(warning.feature) { say(warning.text) }
        state.warnings = warnings
    }
}

extension RegisteredVersion {
    fileprivate var text: String { "version \(number) (\(digest.prefix(12)))" }
}

extension ScaleWarning {
    /// `amount looks ×1000: mean 53,620 and scale 42,098, trained on 53.6 and 42.1`
    var text: String {
        let looks = factor.map { factor in
            "looks \(factor >= 1 ? "×\(Numerals.plain(factor))" : "÷\(Numerals.plain(1 / factor))")"
        }
        return "\(feature) \(looks ?? "is far from its scaler"): mean \(Self.number(live.mean)) "
            + "and scale \(Self.number(live.scale)), trained on \(Self.number(trained.mean)) and "
            + Self.number(trained.scale)
    }

    private static func number(_ value: Double) -> String { Numerals.significant(value) }
}
