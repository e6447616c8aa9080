internal import ArgumentParser
internal import Features
internal import JSON
internal import Kafka
internal import Pipeline
internal import Project
internal import Worker

/// `espalier reset`
struct ResetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Begin a project's history anew: discard its state, read from elsewhere.",
        discussion: paragraphs(
            """
            Says what will be discarded and published again, and does it only with --yes. State,
            learner and snapshots count no more; events from there on are scored again, by a
            learner that begins anew, and their predictions are published again. No instance of the
            project may run meanwhile.

            EXAMPLES
              espalier reset project.yaml --to earliest
              espalier reset project.yaml --to earliest --yes
              espalier reset project.yaml --to 2018-05-01T06:30Z --yes
              espalier reset project.yaml --to offset:120000 --dry-run --json
            """))

    @Argument(help: "The project file.") var project: String

    @Option(
        help: ArgumentHelp(
            "Where to begin.", valueName: "earliest|time|offset:n"))
    var to: String

    @Flag(help: "Do it; without this nothing is changed.") var yes = false
    @Flag(help: "Only say what would be done, even with --yes.") var dryRun = false
    @Flag(help: "Print as JSON.") var json = false

    func validate() throws { _ = try place() }

    private func place() throws -> StreamReset.Place {
        if to == "earliest" { return .earliest }
        if to.hasPrefix("offset:"), let offset = Int64(to.dropFirst(7)), offset >= 0 {
            return .offset(offset)
        }
        if let time = CalendarTime(to) { return .time(time.millis) }
        throw ValidationError(
            "--to: found \(to); expected `earliest`, `offset:` and a number, or "
                + CalendarTime.expectation)
    }

    func run() throws {
        let project = try ProjectFile.load(project)
        let settings = project.workerSettings(try project.plan())
        var reset = try StreamReset(settings)
        let tasks = try reset.plan(to: try place())
        let isDone = yes && !dryRun
        if isDone { try reset.perform(tasks) }
        Terminal.output.write(json ? document(tasks, isDone).line : text(tasks, isDone))
    }

    private func text(_ tasks: [StreamReset.TaskChange], _ isDone: Bool) -> String {
        var lines: [String] = []
        for task in tasks {
            lines.append(
                "task \(task.task): the state of \(Numerals.grouped(task.batches)) batches "
                    + (isDone ? "is discarded" : "would be discarded"))
            for change in task.inputs {
                let from = change.committed.map { "\($0)" } ?? "nothing"
                lines.append(
                    "  \(change.partition): \(from) → \(change.offset) of \(change.end); "
                        + "\(Numerals.grouped(change.repeated)) again, "
                        + "\(Numerals.grouped(change.skipped)) passed over")
            }
        }
        lines.append(isDone ? "done" : "nothing was changed; --yes does it")
        return lines.joined(separator: "\n") + "\n"
    }

    private func document(_ tasks: [StreamReset.TaskChange], _ isDone: Bool) -> JSONValue {
        .object(["done": .bool(isDone), "tasks": .array(tasks.map(document))])
    }

    private func document(_ task: StreamReset.TaskChange) -> JSONValue {
        .object([
            "task": .integer(Int64(task.task)), "batches": .integer(Int64(clamping: task.batches)),
            "inputs": .array(
                task.inputs.map { change in
                    .object([
                        "partition": .string("\(change.partition)"),
                        "committed": change.committed.map { .integer($0) } ?? .null,
                        "offset": .integer(change.offset), "end": .integer(change.end),
                        "repeated": .integer(change.repeated),
                        "skipped": .integer(change.skipped),
                    ])
                }),
        ])
    }
}
