internal import Drift
internal import Features
internal import Pipeline
internal import Simulation

/// Scripted faults against a project: simulated card payments go through the service, something
/// goes wrong on a known day, and it is noted which alert told so, and when.
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
        var alert: PublishedAlert?
        /// Events and windows from the fault's beginning to that alert.
        var events = 0
        var windows = 0
        /// Alerts before the fault began.
        var falseAlarms: [PublishedAlert] = []
        /// Compared windows before the fault began, times features.
        var featureWindows = 0

        var isDetected: Bool { alert != nil }

        /// Whether it was found within `windowsMax` windows.
        var isInTime: Bool { isDetected && windows <= GameDay.windowsMax }

        var falsePages: Int { falseAlarms.count(where: \.isPage) }
        var falseTickets: Int { falseAlarms.count - falsePages }

        /// Whether the alert says what it was.
        var isNamed: Bool {
            guard let alert else { return false }
            let isOfFeature = scene.feature.map { alert.feature == $0 } ?? true
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

    /// Which windows are compared with the weeks before.
    struct Shape: Sendable {
        var name: String
        var windowMillis: Int64
        var slideMillis: Int64
        /// Times the customers that fill windows of a day.
        var customersFactor = 1
        /// Shorter where there are more payments a day.
        var script = Script()

        private static let hourMillis: Int64 = 3_600_000

        static let daily = Shape(
            name: "1d", windowMillis: dayMillis, slideMillis: dayMillis)
        static let all = [
            daily,
            Shape(
                name: "1h", windowMillis: hourMillis, slideMillis: hourMillis, customersFactor: 10,
                script: Script(baselineDays: 7, cleanDays: 7, faultDays: 0)),
            Shape(
                name: "6h every 1h", windowMillis: 6 * hourMillis, slideMillis: hourMillis,
                customersFactor: 3,
                script: Script(baselineDays: 7, cleanDays: 7, faultDays: 0)),
        ]
    }

    let settings: PipelineSettings
    let script: Script
    static let dayMillis: Int64 = 86_400_000
    private static let labelDelayMillis = 7 * dayMillis
    /// Records from one look to the next: two hours or so. Events and labels lie in topics of their
    /// own; by so much may the one run ahead of the other.
    private static let batchRecords = 100

    /// - Parameter watch: the project's; windows are made of the shape, and the baseline the
    ///   script's.
    init(
        _ settings: PipelineSettings, watch: WatchSettings, script: Script = Script(),
        shape: Shape = .daily
    ) {
        var settings = settings
        var watch = watch
        watch.windows = WindowPlan(
            windowMillis: shape.windowMillis, slideMillis: shape.slideMillis,
            baseline: .preceding(spanMillis: Int64(script.baselineDays) * Self.dayMillis))
        settings.watch = watch
        settings.observation = nil
        self.settings = settings
        self.script = script
    }

    /// Plays one scene; with nil nothing goes wrong.
    func play<Stage: GameDayStage & ~Copyable>(
        _ scene: Scene?, seed: UInt64, on stage: inout Stage
    ) throws -> Outcome {
        var simulation = SimulationSettings()
        simulation.customers = script.customers
        simulation.terminals = script.terminals
        simulation.startsWarm = true
        simulation.days = script.days
        simulation.labels = .every
        simulation.labelDelayMillis = Self.labelDelayMillis
        let cleanDays = script.days - script.faultDays
        let begin = simulation.startMillis + Int64(cleanDays) * Self.dayMillis
        let end = begin + Int64(script.faultDays) * Self.dayMillis
        let faults = scene.map {
            [
                Fault(
                    $0.kind, fromMillis: begin - $0.leadMillis, toMillis: .max, share: $0.share)
            ]
        }
        var referee = GameDayReferee(
            Outcome(
                scene: scene ?? Scene(name: "nothing", kind: .corrupt, signals: []), seed: seed),
            judgesFrom: begin - Int64(script.cleanDays) * Self.dayMillis, faultBegins: begin)
        var waiting = 0
        for record in try PaymentSimulator(simulation, seed: seed, faults: faults ?? [])
        where record.timeMillis < end {
            referee.count(record)
            try stage.take(record)
            waiting += 1
            guard waiting == Self.batchRecords else { continue }
            referee.note(try stage.look(at: record.timeMillis), at: record.timeMillis)
            waiting = 0
        }
        referee.note(try stage.look(at: end), at: end)
        return referee.outcome
    }
}
