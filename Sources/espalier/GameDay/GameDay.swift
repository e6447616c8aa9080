internal import Bytes
internal import Drift
internal import Events
internal import Features
internal import JSON
internal import Pipeline
internal import Simulation

/// Scripted faults against a project: simulated card payments go through the service's own steps,
/// something goes wrong on a known day, and it is noted which alert told so, and when.
struct GameDay {
    /// One fault and what should tell of it.
    struct Scene: Sendable {
        var name: String
        var kind: Fault.Kind
        var share = 1.0
        /// Signals of which one should raise an alert.
        var signals: Set<String>
        /// What the change should be called.
        var anomaly: String?
        /// The feature that should be named.
        var feature: String?
        /// How long before anything can show the events of the fault begin.
        var leadMillis: Int64 = 0
    }

    /// What became of one scene.
    struct Outcome: Sendable {
        var scene: Scene
        var seed: UInt64 = 0
        /// The first alert after the fault began whose signal is one of the scene's.
        var alert: Alert?
        /// Events and windows from the fault's beginning to that alert.
        var events = 0
        var windows = 0
        /// Alerts before the fault began.
        var falseAlarms: [Alert] = []
        /// Compared windows before the fault began, times features.
        var featureWindows = 0

        var isDetected: Bool { alert != nil }

        /// Whether it was found within `windowsMax` windows.
        var isInTime: Bool { isDetected && windows <= GameDay.windowsMax }

        func falseCount(_ severity: Severity) -> Int {
            falseAlarms.count { $0.severity == severity }
        }

        /// Whether the alert says what it was.
        var isNamed: Bool {
            guard let alert else { return false }
            let isOfFeature = scene.feature.map { alert.identity.subject == $0 } ?? true
            let isCalled = scene.anomaly.map { alert.cause?.contains($0) == true } ?? true
            return isOfFeature && isCalled
        }
    }

    /// How long what goes on, in days of event time.
    struct Script: Sendable {
        var customers = 300
        var terminals = 600
        /// Before the baseline begins, so that the longest windows are filled.
        var warmUpDays = 38
        var baselineDays = 14
        var cleanDays = 14
        var faultDays = 3

        var days: Int { warmUpDays + baselineDays + cleanDays + faultDays }
    }

    /// What goes wrong.
    static let scenes = [
        Scene(
            name: "shift", kind: .shift(.amount, by: 60), signals: ["drift", "scores"],
            feature: "amount"),
        Scene(
            name: "missing", kind: .missing(.amount), signals: ["anomaly"],
            anomaly: "sudden-null", feature: "amount"),
        Scene(
            name: "unit", kind: .unit(), signals: ["anomaly"], anomaly: "unit-change",
            feature: "amount"),
        Scene(
            name: "new-category", kind: .newCategory(.merchantCategory), share: 0.3,
            signals: ["anomaly"], anomaly: "new-category"),
        Scene(
            name: "label-delay", kind: .labelDelay(byMillis: 5 * 86_400_000),
            signals: ["label-age"], leadMillis: labelDelayMillis),
        Scene(name: "corrupt", kind: .corrupt, share: 0.05, signals: ["rejects", "error-budget"]),
        Scene(name: "rate", kind: .rate(factor: 2), signals: ["traffic"]),
    ]

    /// A fault that is found later than so many windows after its beginning is found too late.
    static let windowsMax = 2
    /// Pages in 1,000 feature-windows without a fault that are too many.
    static let falsePagesPerThousand = 1.0

    let settings: PipelineSettings
    let script: Script
    private static let dayMillis: Int64 = 86_400_000
    private static let labelDelayMillis = 7 * dayMillis
    /// Records between two looks, as a batch of the service would be.
    private static let batchRecords = 100

    /// - Parameter watch: the project's; windows are made a day long, and the baseline the
    ///   script's.
    init(_ settings: PipelineSettings, watch: WatchSettings, script: Script = Script()) {
        var settings = settings
        var watch = watch
        watch.windows = WindowPlan(
            windowMillis: Self.dayMillis,
            baseline: .preceding(spanMillis: Int64(script.baselineDays) * Self.dayMillis))
        settings.watch = watch
        settings.observation = nil
        self.settings = settings
        self.script = script
    }

    /// Plays one scene; with nil nothing goes wrong.
    func play(_ scene: Scene?, seed: UInt64) throws -> Outcome {
        var simulation = SimulationSettings()
        simulation.customers = script.customers
        simulation.terminals = script.terminals
        simulation.startsWarm = true
        simulation.days = script.days
        simulation.labels = .every
        simulation.labelDelayMillis = Self.labelDelayMillis
        let cleanDays = script.days - script.faultDays
        let begin = simulation.startMillis + Int64(cleanDays) * Self.dayMillis
        let faults = scene.map {
            [
                Fault(
                    $0.kind, fromMillis: begin - $0.leadMillis, toMillis: .max, share: $0.share)
            ]
        }
        let payments = try PaymentSimulator(simulation, seed: seed, faults: faults ?? [])
        var run = Run(
            outcome: Outcome(
                scene: scene ?? Scene(name: "nothing", kind: .corrupt, signals: []), seed: seed),
            judgedFrom: begin - Int64(script.cleanDays) * Self.dayMillis, begin: begin,
            pipeline: try EventPipeline(settings))
        let end = begin + Int64(script.faultDays) * Self.dayMillis
        for record in payments where record.timeMillis < end { run.take(record) }
        run.look(at: end)
        let watched = script.cleanDays * settings.plan.inputs.count
        run.outcome.featureWindows = watched
        return run.outcome
    }

    /// A scene under way.
    private struct Run: ~Copyable {
        var outcome: Outcome
        /// Before that, windows fill and the baseline is made.
        let judgedFrom: Int64
        let begin: Int64
        var pipeline: EventPipeline
        private var outbox = Outbox()
        private var bytes = ByteWriter(reservingCapacity: 1_024)
        private var key = ByteWriter(reservingCapacity: 32)
        private var known: Set<Alert.Identity> = []
        private var offset: Int64 = 0
        private var events = 0

        init(
            outcome: Outcome, judgedFrom: Int64, begin: Int64, pipeline: consuming EventPipeline
        ) {
            self.outcome = outcome
            self.judgedFrom = judgedFrom
            self.begin = begin
            self.pipeline = pipeline
        }

        mutating func take(_ record: SimulatedRecord) {
            bytes.removeAll()
            key.removeAll()
            record.append(.json, to: &bytes)
            record.appendKey(to: &key)
            var stream = RecordOrigin.Stream.events
            if case .label = record {
                stream = .labels
            } else if record.timeMillis >= begin {
                events += 1
            }
            let origin = RecordOrigin(
                stream: stream, partition: 0, offset: offset, timestampMillis: record.timeMillis)
            Self.step(&pipeline, origin, key: key, value: bytes, into: &outbox)
            offset += 1
            if offset % Int64(GameDay.batchRecords) == 0 { look(at: record.timeMillis) }
        }

        private static func step(
            _ pipeline: inout EventPipeline, _ origin: RecordOrigin, key: borrowing ByteWriter,
            value: borrowing ByteWriter, into outbox: inout Outbox
        ) {
            pipeline.step(origin, key: key.bytes, value: value.bytes, into: &outbox)
        }

        /// The end of a batch.
        mutating func look(at millis: Int64) {
            _ = pipeline.tick(now: millis, into: &outbox)
            outbox.removeAll()
            for alert in pipeline.alerts where known.insert(alert.identity).inserted {
                note(alert, at: millis)
            }
            known.formIntersection(pipeline.alerts.map(\.identity))
        }

        private mutating func note(_ alert: Alert, at millis: Int64) {
            // A window that closes at the beginning is all clean.
            guard (alert.window?.upperBound ?? millis) > begin else {
                if millis >= judgedFrom { outcome.falseAlarms.append(alert) }
                return
            }
            guard outcome.alert.map({ better(alert, than: $0) }) ?? true,
                outcome.scene.signals.contains(alert.signal)
            else { return }
            guard outcome.alert == nil || millis / GameDay.dayMillis == outcomeDay else { return }
            outcome.alert = alert
            outcome.events = events
            outcome.windows = Int((millis - begin + GameDay.dayMillis - 1) / GameDay.dayMillis)
            outcomeDay = millis / GameDay.dayMillis
        }

        private var outcomeDay: Int64 = -1

        /// Of alerts of one day that which names the feature.
        private func better(_ alert: Alert, than other: Alert) -> Bool {
            other.identity.subject != outcome.scene.feature
                && alert.identity.subject == outcome.scene.feature
        }
    }
}
