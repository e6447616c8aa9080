internal import ArgumentParser
internal import Events

/// The files that a command replays, as its options name them.
struct ReplaySource: ParsableArguments {
    @Argument(help: "The project file.") var project: String
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Events, each file in the order of time.", valueName: "file"))
    var events: [String] = []
    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Labels.", valueName: "file"))
    var labels: [String] = []
    @Option(
        help: ArgumentHelp(
            "A label is known so long after its event; the files need no time.", valueName: "time"))
    var labelsAfter: EventDuration?
    @Option(help: ArgumentHelp("The field that says when a label is known.", valueName: "field"))
    var labelsTime: String?
    @Option(help: ArgumentHelp("Unit or form of that time.", valueName: "s|ms|us|ns|rfc3339"))
    var labelsTimeUnit = TimeUnit.ms
    @Option(help: ArgumentHelp("Format of the files, instead of by name.", valueName: "ndjson|csv"))
    var format: RecordFormat?
    @Option(help: ArgumentHelp("Score with this artifact and learn nothing.", valueName: "file"))
    var model: String?

    func validate() throws {
        if (events + labels).count(where: { $0 == "-" }) > 1 {
            throw ValidationError("found - more than once; standard input is one file")
        }
        if labelsAfter != nil, labelsTime != nil {
            throw ValidationError("expected either --labels-after or --labels-time")
        }
    }
}
