internal import ArgumentParser
internal import Drift
internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Storage

/// `espalier drift`
struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "What drifts in a running service, or between two spans of events.",
        discussion: paragraphs(
            """
            Without --events: what the project's running service has published. What drifts in the
            newest window of event time and why, which alerts fire, what every feature is like.

            With --events: replays files as the service would, and compares what every feature and
            the score were in two spans of event time, or in two sets of files. Effect size comes
            first, then significance over all features (Benjamini and Hochberg); a change with a
            name, such as a unit ×1000, is told by it; a change of a feature that the model does
            not weigh is masked. With --labels, how good the predictions of both spans were is
            compared too.

            Ends with 1 when a feature that the model weighs, the score, or quality against labels
            drifts (any feature for a model without weights), when a change has a name, or when a
            page of the service fires, so that a build can stop there.

            EXAMPLES
              espalier drift project.yaml
              espalier drift project.yaml --feature amount --json
              espalier drift project.yaml --events june.ndjson july.ndjson \\
                --baseline 2018-06-01..2018-07-01 --window 2018-07-01..2018-07-08
              espalier drift project.yaml --events today.ndjson --against golden.ndjson
              espalier drift project.yaml --events year.ndjson --baseline june --window july
              espalier drift project.yaml --events today.ndjson --model model.json \\
                --baseline training
              espalier drift project.yaml --events payments.csv.gz --window 2018-07-01.. \\
                --baseline ..2018-07-01 --html drift.html
            """))

    @OptionGroup var source: ReplaySource
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Events of the baseline, replayed by themselves.", valueName: "file"))
    var against: [String] = []
    @Option(
        help: ArgumentHelp(
            "The baseline's span of event time, one of the project's `drift.periods`, or "
                + "`training`, what the model was trained on.",
            valueName: "from..to|name"))
    var baseline = PeriodChoice.span(TimeSpan())
    @Option(
        help: ArgumentHelp("The span that is compared with it.", valueName: "from..to|name"))
    var window = PeriodChoice.span(TimeSpan())
    @Option(
        help: ArgumentHelp(
            "Events of one such stretch count as alike if their means vary more than chance.",
            valueName: "time"))
    var stretch = EventDuration(millis: 3_600_000)
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only these features; all are judged together.", valueName: "name"))
    var feature: [String] = []
    @Option(help: ArgumentHelp("Write a page with both distributions.", valueName: "file"))
    var html: String?
    @Flag(help: "Print the report as JSON.") var json = false

    func validate() throws {
        guard !source.events.isEmpty else {
            if let option = optionsOfFiles.first {
                throw ValidationError("\(option) needs files; expected --events with it")
            }
            return
        }
        if baseline == .training, !against.isEmpty {
            throw ValidationError("found --against and --baseline training; expected one of them")
        }
        if case (.span(let before), .span(let now)) = (baseline, window),
            let fault = overlap(before, now)
        {
            throw ValidationError(fault)
        }
        if stretch.millis <= 0 { throw ValidationError("--stretch: expected a time above 0") }
    }

    /// Those given that say nothing of a running service.
    private var optionsOfFiles: [String] {
        let all = PeriodChoice.span(TimeSpan())
        let given = [
            ("--against", !against.isEmpty), ("--baseline", baseline != all),
            ("--window", window != all), ("--html", html != nil),
            ("--labels", !source.labels.isEmpty), ("--model", source.model != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    /// What is wrong with two spans of the same files; nil if nothing is.
    private func overlap(_ before: TimeSpan, _ now: TimeSpan) -> String? {
        let isApart = before.toMillis <= now.fromMillis || now.toMillis <= before.fromMillis
        guard against.isEmpty, !isApart else { return nil }
        return "found spans that overlap; expected --baseline and --window apart, "
            + "\(PeriodChoice.expectation), or --against"
    }

    func run() throws {
        Interruption.listen()
        let terminal = Terminal.output
        guard !source.events.isEmpty else {
            let file = try ProjectFile.load(source.project)
            let found = try PublishedDrift(file, only: Set(feature))
            terminal.write(json ? found.json.line : found.text(for: terminal))
            return try stop(for: found.gateBreakers)
        }
        let result = try comparison()
        if let html { try write(DriftPage(result).text, to: html) }
        terminal.write(json ? result.json.line : result.text(for: terminal))
        try stop(for: result.gateBreakers)
    }

    private func stop(for gateBreakers: [String]) throws(Failure) {
        guard !gateBreakers.isEmpty else { return }
        throw Failure(.gate, "drift: \(gateBreakers.joined(separator: ", "))")
    }

    /// Replays the files and compares the two periods.
    func comparison() throws -> DriftComparison {
        let file = try ProjectFile.load(source.project)
        let isOne = against.isEmpty
        let window = try window.span(in: file, option: "--window")
        if baseline == .training { return try comparisonWithTraining(file, window) }
        let baseline = try baseline.span(in: file, option: "--baseline")
        if let fault = overlap(baseline, window) { throw Failure(.usage, fault) }
        let spans = isOne ? [baseline, window] : [window]
        let now = try replay(file, source, spans)
        var before = now.periods[0]
        if !isOne {
            var other = source
            other.events = against
            before = try replay(file, other, [baseline]).periods[0]
        }
        return try comparison(file, before, now.periods[isOne ? 1 : 0], now.model)
    }

    private func comparisonWithTraining(
        _ file: ProjectFile, _ window: TimeSpan
    ) throws -> DriftComparison {
        let now = try replay(file, source, [window], areBuckets: true)
        guard let baseline = now.model.baseline else {
            throw Failure(
                .data,
                "--baseline training: found the model \(now.model.version.prefix(12)); expected "
                    + ProjectFile.baselineExpectation)
        }
        let before = PeriodProfiles(
            baseline, inputs: try file.plan().inputs, windowMillis: stretch.millis)
        return try comparison(file, before, now.periods[0], now.model)
    }

    private func comparison(
        _ file: ProjectFile, _ before: PeriodProfiles, _ now: PeriodProfiles, _ model: SparseModel
    ) throws -> DriftComparison {
        let plan = try file.plan()
        let weights = model.featureWeights(of: plan) { input, bucket in
            Set(before.names(of: input, bucket) + now.names(of: input, bucket)).sorted()
        }
        let comparison = DriftComparison(
            project: file.name, before: before, now: now,
            policy: file.drift?.policy ?? DriftPolicy(), weights: weights, model: model,
            lineage: FeatureLineage(plan), only: Set(feature))
        try check(comparison)
        return comparison
    }

    private func check(_ comparison: DriftComparison) throws(Failure) {
        for (name, period) in [("--baseline", comparison.before), ("--window", comparison.now)]
        where period.events == 0 {
            throw Failure(.data, "\(name): found no event in that span")
        }
        let known = Set(comparison.report.features.map(\.name))
        if let unknown = feature.first(where: { !known.contains($0) }) {
            throw Failure(
                .usage, "--feature: found `\(unknown)`; expected one of the model's inputs")
        }
    }

    /// What a replay leaves behind for the comparison.
    private struct Replayed {
        var periods: [PeriodProfiles]
        var model: SparseModel
    }

    private func replay(
        _ file: ProjectFile, _ source: ReplaySource, _ spans: [TimeSpan], areBuckets: Bool = false
    ) throws -> Replayed {
        let inputs = try ReplayInputs(file, source)
        let plan = inputs.settings.plan
        var outputs = try ReplayOutputs(settings: inputs.settings)
        outputs.periods = spans.map {
            ProfiledPeriod(
                $0, plan: plan, windowMillis: stretch.millis, areBuckets: areBuckets)
        }
        var replay = try Replay(
            inputs.settings, events: inputs.events, labels: inputs.labels,
            delayed: inputs.table?.labels, outputs: outputs)
        if !source.labels.isEmpty {
            replay.judgedSpans = spans.map { QualityPanes($0.range, paneMillis: stretch.millis) }
        }
        var progress = ProgressLine(unit: "events")
        try replay.run(&progress)
        progress.clear()
        if Interruption.hasCome { throw Failure(.interrupted, "interrupted") }
        let clock = replay.pipeline.clock
        let labels = inputs.settings.labels
        let silence = labels?.silence == .negative ? labels?.maturityMillis ?? 0 : 0
        var periods = replay.outputs.periods.map(\.profiles)
        for (place, judged) in replay.judgedSpans.enumerated() {
            periods[place].judged =
                silence > 0 && source.labelsAfter == nil
                ? judged.tallies(through: clock - silence) : judged.tallies
        }
        return Replayed(periods: periods, model: replay.pipeline.model)
    }

    private func write(_ text: String, to path: String) throws(Failure) {
        do throws(StorageError) {
            try AtomicFile.write(unsafe text.utf8Span.span.bytes, to: path)
        } catch { throw Failure(error) }
    }
}
