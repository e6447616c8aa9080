internal import ArgumentParser
internal import Drift
internal import Features
internal import JSON
internal import Pipeline
internal import Project
internal import Simulation

/// `espalier gameday`
struct GameDayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gameday",
        abstract: "Break things on purpose, and see which alert tells, and when.",
        discussion: paragraphs(
            """
            Simulated card payments (as `espalier simulate` makes them) go through the service on an
            embedded broker, with the project's own rules or the standard ones. Weeks of clean days
            come first; then, one after another in runs of their own, an amount shifted by 60, a
            missing amount, amounts × 1000, a new merchant category, labels five days later, 5 %
            corrupt records and twice the traffic. For each: was it detected, by which alert,
            after how many events and daily windows, and what alerts came before for nothing.
            Clean runs take turns with windows of a day, of an hour, and of six hours that slide by
            one, with customers enough to fill them; windows with too few events do not count.

            The project must read the simulator's fields; a fault that it cannot show is not
            played, and the report says so. Ends with 1 when a fault was missed, found
            later than two windows after its beginning, or called by a wrong name; of clean runs,
            when there is a page or more in 1,000 feature-windows of any kind.

            EXAMPLES
              espalier gameday schemas/examples/project-card-fraud.yaml
              espalier gameday project.yaml --fault unit --fault corrupt --seed 7 --json
              espalier gameday project.yaml --direct --seeds 20
              espalier gameday project.yaml --direct --clean 100
            """))

    @Argument(help: "The project file.") var project: String
    @Option(help: ArgumentHelp("Only this fault; may be repeated.", valueName: "name"))
    var fault: [String] = []
    @Option(help: "Seed of everything random.") var seed: UInt64 = 1
    @Option(help: "Play every fault with so many seeds, one after another.")
    var seeds = 1
    @Option(help: "Customers of the simulation.") var customers = 300
    @Option(help: "Instead, so many runs without a fault: what fires for nothing?")
    var clean: Int?
    @Flag(help: "The steps of the service alone, without broker and worker: many times faster.")
    var direct = false
    @Flag(help: "Print the outcomes as JSON.") var json = false

    func validate() throws {
        let known = GameDay.scenes.map(\.name)
        if let unknown = fault.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "--fault: found `\(unknown)`; expected one of \(known.joined(separator: ", "))")
        }
        guard clean.map({ (1...100_000).contains($0) }) ?? true else {
            throw ValidationError("--clean: expected 1 to 100000 runs")
        }
        guard (1...10_000).contains(seeds) else {
            throw ValidationError("--seeds: found \(seeds); expected 1 to 10000")
        }
        guard (10...100_000).contains(customers) else {
            throw ValidationError("--customers: found \(customers); expected 10 to 100000")
        }
    }

    func run() throws {
        let file = try ProjectFile.load(project)
        if let clean { return try playClean(file, runs: clean) }
        let left = leftOut(of: file)
        if let first = left.first, !fault.isEmpty {
            throw Failure(
                .usage,
                "--fault \(first.scene.name): found \(first.reason); expected a fault "
                    + "that the project can show")
        }
        let outcomes = try play(file)
        Terminal.output.write(
            json ? document(outcomes, left).line : text(outcomes) + Self.text(of: left))
        let faults = outcomes.compactMap(fault)
        if !faults.isEmpty {
            throw Failure(.gate, "gameday: \(faults.joined(separator: ", "))")
        }
    }

    /// What is wrong with an outcome, in words; nil if nothing is.
    private func fault(_ outcome: GameDay.Outcome) -> String? {
        let name = outcome.scene.name + (seeds > 1 ? " (seed \(outcome.seed))" : "")
        guard outcome.isDetected else { return "missed \(name)" }
        guard outcome.isNamed else { return "\(name) has a wrong name" }
        return outcome.isInTime ? nil : "\(name) was found after \(outcome.windows) windows"
    }

    /// Plays the scenes that apply to the project.
    func play(_ file: ProjectFile) throws -> [GameDay.Outcome] {
        let day = try gameDay(file)
        var progress = ProgressLine(unit: "faults")
        var outcomes: [GameDay.Outcome] = []
        let scenes = asked.filter { obstacle(to: $0, in: file) == nil }
        for scene in scenes {
            for number in 0..<UInt64(max(1, seeds)) {
                progress.update(
                    count: UInt64(outcomes.count),
                    fraction: Double(outcomes.count) / Double(scenes.count * seeds))
                outcomes.append(try play(scene, of: day, file, seed: seed &+ number))
            }
        }
        progress.clear()
        return outcomes
    }

    private func play(
        _ scene: GameDay.Scene?, of day: GameDay, _ file: ProjectFile, seed: UInt64
    ) throws -> GameDay.Outcome {
        if direct {
            var stage = try PipelineStage(day.settings)
            return try day.play(scene, seed: seed, on: &stage)
        }
        var stage = try ServiceStage(file, day.settings)
        return try day.play(scene, seed: seed, on: &stage)
    }

    private func gameDay(
        _ file: ProjectFile, _ shape: GameDay.Shape = .daily
    ) throws(Failure) -> GameDay {
        var script = shape.script
        script.customers = customers * shape.customersFactor
        script.terminals = 2 * script.customers
        let watch =
            file.watchSettings
            ?? WatchSettings(
                windowMillis: 86_400_000, baselineMillis: 86_400_000,
                alerts: .standard(maturityMillis: file.labels?.maturityMillis),
                links: file.alertLinks)
        return GameDay(
            try file.pipelineSettings(), watch: watch, script: script, shape: shape)
    }

    /// Plays runs of seeds one after another in which nothing goes wrong, each over windows of the
    /// next shape.
    private func playClean(_ file: ProjectFile, runs: Int) throws {
        var alarms = CleanRuns()
        var progress = ProgressLine(unit: "runs")
        for run in 0..<runs {
            let shape = GameDay.Shape.all[run % GameDay.Shape.all.count]
            let outcome = try play(nil, of: gameDay(file, shape), file, seed: seed &+ UInt64(run))
            alarms.add(outcome, of: shape)
            progress.update(
                count: UInt64(run + 1), fraction: Double(run + 1) / Double(runs))
        }
        progress.clear()
        Terminal.output.write(json ? alarms.json.line : alarms.text(for: .output))
        if let fault = alarms.fault { throw Failure(.gate, "gameday: \(fault)") }
    }

    private var asked: [GameDay.Scene] {
        GameDay.scenes.filter { fault.isEmpty || fault.contains($0.name) }
    }

    /// Scenes that are not played, each with the reason.
    func leftOut(of file: ProjectFile) -> [(scene: GameDay.Scene, reason: String)] {
        asked.compactMap { scene in
            obstacle(to: scene, in: file).map { (scene: scene, reason: $0) }
        }
    }

    /// A new category shows only where some feature is of that field; labels only where there are.
    private func obstacle(to scene: GameDay.Scene, in file: ProjectFile) -> String? {
        switch scene.kind {
        case .newCategory(let field):
            let isShown = file.features.contains {
                if case .category(let fields, _) = $0.kind {
                    fields.contains(field.rawValue)
                } else {
                    false
                }
            }
            return isShown ? nil : "no category of `\(field.rawValue)`"
        case .labelDelay: return file.labels == nil ? "no labels" : nil
        default: return nil
        }
    }

    private static func text(of left: [(scene: GameDay.Scene, reason: String)]) -> String {
        left.map { "Not played: \($0.scene.name), as the project has \($0.reason)\n" }.joined()
    }

    private func text(_ outcomes: [GameDay.Outcome]) -> String {
        seeds > 1 ? summary(outcomes) : list(outcomes)
    }

    /// A line a fault, over all seeds.
    private func summary(_ outcomes: [GameDay.Outcome]) -> String {
        var table = Table([
            ("fault", .left), ("runs", .right), ("detected", .right), ("named", .right),
            ("within \(GameDay.windowsMax) windows", .right), ("median events", .right),
            ("false before: pages", .right), ("tickets", .right),
        ])
        for scene in GameDay.scenes {
            let runs = outcomes.filter { $0.scene.name == scene.name }
            guard !runs.isEmpty else { continue }
            let events = runs.filter(\.isDetected).map(\.events).sorted()
            table.append([
                scene.name, "\(runs.count)", "\(runs.count(where: \.isDetected))",
                "\(runs.count(where: \.isNamed))", "\(runs.count(where: \.isInTime))",
                events.isEmpty ? "–" : Numerals.grouped(events[events.count / 2]),
                "\(runs.reduce(0) { $0 + $1.falsePages })",
                "\(runs.reduce(0) { $0 + $1.falseTickets })",
            ])
        }
        return table.text(for: .output)
    }

    private func list(_ outcomes: [GameDay.Outcome]) -> String {
        var table = Table([
            ("fault", .left), ("detected", .left), ("by", .left), ("of", .left),
            ("events", .right), ("windows", .right), ("false before: pages", .right),
            ("tickets", .right),
        ])
        for outcome in outcomes {
            table.append([
                outcome.scene.name, outcome.isDetected ? "yes" : "no", outcome.alert?.rule ?? "–",
                outcome.alert.map { $0.feature ?? "the stream" } ?? "–",
                outcome.isDetected ? Numerals.grouped(outcome.events) : "–",
                outcome.isDetected ? "\(outcome.windows)" : "–", "\(outcome.falsePages)",
                "\(outcome.falseTickets)",
            ])
        }
        let causes = outcomes.compactMap { outcome in
            outcome.alert?.cause.map { "  \(outcome.scene.name): \($0)\n" }
        }
        return table.text(for: .output) + (causes.isEmpty ? "" : "\n") + causes.joined()
    }

    private func document(
        _ outcomes: [GameDay.Outcome], _ left: [(scene: GameDay.Scene, reason: String)]
    ) -> JSONValue {
        let skipped = left.map { entry in
            JSONValue.object([
                "fault": .string(entry.scene.name),
                "skipped": .string("the project has \(entry.reason)"),
            ])
        }
        return .array(
            outcomes.map { outcome in
                .object([
                    "fault": .string(outcome.scene.name),
                    "seed": .integer(Int64(bitPattern: outcome.seed)),
                    "detected": .bool(outcome.isDetected),
                    "named": .bool(outcome.isNamed),
                    "rule": outcome.alert.map { .string($0.rule) } ?? .null,
                    "feature": outcome.alert?.feature.map { .string($0) } ?? .null,
                    "cause": outcome.alert?.cause.map { .string($0) } ?? .null,
                    "events": .integer(Int64(outcome.events)),
                    "windows": .integer(Int64(outcome.windows)),
                    "false_alarms": .array(outcome.falseAlarms.map(\.message)),
                    "feature_windows": .integer(Int64(outcome.featureWindows)),
                ])
            } + skipped)
    }
}
