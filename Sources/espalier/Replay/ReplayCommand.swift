internal import ArgumentParser
internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Training

/// `espalier replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Score and learn from files, as the service would from topics.",
        discussion: paragraphs(
            """
            The same steps in the same order as the service, without Kafka: files are
            merged by time, labels come before events of the same time. The features that
            it writes are those of each event's moment, so they make a training set
            without the future in it; with --labels-after the event's label is the last
            column.

            With --watch the sections `drift` and `alerts` of the project are played too, in
            the time of the events: the report tells which alerts would have fired, and
            from when to when. So rules are tried on a past before they page anybody.

            Files are NDJSON, or CSV for names in .csv; .gz and .zst are unpacked, - is
            standard input.

            EXAMPLES
              espalier replay project.yaml --events payments.ndjson
              espalier replay project.yaml --events april.csv.gz may.csv.gz \\
                --labels labels.csv.gz --labels-after 7d --features training.csv
              espalier replay project.yaml --events payments.ndjson \\
                --labels labels.ndjson --labels-time timestamp \\
                --predictions predictions.ndjson.zst --model-out model.json --json
              espalier replay project.yaml --events july.ndjson --watch --alerts alerts.ndjson
            """))

    @OptionGroup var source: ReplaySource
    @Option(help: ArgumentHelp("Write predictions (NDJSON).", valueName: "file"))
    var predictions: String?
    @Option(help: ArgumentHelp("Write the features of every event (CSV).", valueName: "file"))
    var features: String?
    @Option(
        help: ArgumentHelp(
            "Write what goes to the features topic: statistics and usage (NDJSON).",
            valueName: "file"))
    var statistics: String?
    @Flag(help: "Compare windows and raise alerts, as the project says.") var watch = false
    @Option(
        help: ArgumentHelp(
            "Write what drifted, a message a window (NDJSON); implies --watch.",
            valueName: "file"))
    var drift: String?
    @Option(
        help: ArgumentHelp(
            "Write the messages of alerts (NDJSON); implies --watch.", valueName: "file"))
    var alerts: String?
    @Option(help: ArgumentHelp("Write what was learned as an artifact.", valueName: "file"))
    var modelOut: String?
    @Flag(help: "Print the report as JSON.") var json = false

    func validate() throws {
        if destinations.standardOutputCount > 1 {
            throw ValidationError("found - for two outputs; standard output is one file")
        }
        if source.model != nil, modelOut != nil {
            throw ValidationError("--model-out has nothing to write: --model learns nothing")
        }
    }

    func run() throws {
        let file = try ProjectFile.load(source.project)
        var inputs = try ReplayInputs(file, source)
        if isWatched {
            inputs.settings.watch = try watchSettings(of: file)
            try file.checkBaseline(of: inputs.settings)
        }
        if modelOut != nil { inputs.settings.learnedWindowMillis = file.driftWindowMillis }
        Interruption.listen()
        let stopwatch = Stopwatch()
        let settings = inputs.settings
        let outputs = try ReplayOutputs(
            destinations, settings: settings, isLabelled: inputs.table != nil)
        var replay = try Replay(
            settings, events: inputs.events, labels: inputs.labels, delayed: inputs.table?.labels,
            outputs: outputs)
        var progress = ProgressLine(unit: "events")
        try replay.run(&progress)
        progress.clear()
        let report = try replay.report(file, inputs, seconds: stopwatch.seconds)
        if let modelOut { try write(report.artifact, to: modelOut) }
        let terminal = destinations.usesStandardOutput ? Terminal.error : Terminal.output
        terminal.write(json ? report.json.line : report.text(for: terminal))
        if Interruption.hasCome {
            throw Failure(.interrupted, "interrupted; the report is of what was replayed")
        }
    }

    private var destinations: ReplayDestinations {
        ReplayDestinations(
            predictions: predictions, features: features, statistics: statistics, drift: drift,
            alerts: alerts)
    }

    private var isWatched: Bool { watch || drift != nil || alerts != nil }

    private func watchSettings(of file: ProjectFile) throws(Failure) -> WatchSettings {
        guard let settings = file.watchSettings else {
            throw Failure(
                .configuration,
                "--watch: found neither `drift` nor `alerts` in the project; expected one of "
                    + "them, such as `alerts: {}` for the standard rules")
        }
        return settings
    }

    private func write(_ artifact: ModelArtifact?, to path: String) throws {
        guard let artifact else {
            throw Failure(.configuration, "--model-out: the project's model learns nothing")
        }
        try artifact.write(to: path)
    }
}
