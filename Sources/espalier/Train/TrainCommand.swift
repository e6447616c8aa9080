internal import ArgumentParser
internal import Foundation
internal import Model
internal import Project
internal import Registry

/// `espalier train`
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a sparse model from history, choose its λ, and report what it is worth.",
        discussion: paragraphs(
            """
            Replays the files through the steps of the service, so every example holds the
            features of its moment and no label that was not known then. Fits a path of λ on
            blocks of time, each judged on the block after it, and picks one by a rule. With
            --entity or --random-folds each fold is judged by what the others learned, from
            earlier and later: good for entities never seen, too good for tomorrow.

            Locks, signs, penalties and groups of features stand in the project file.

            EXAMPLES
              espalier train project.yaml --events payments.ndjson.zst \\
                --labels labels.ndjson.zst --labels-time timestamp --out trained
              espalier train project.yaml --events april.csv.gz may.csv.gz \\
                --labels labels.csv --labels-after 7d --from 2018-05-08 \\
                --choose within=0.01 --out trained
              espalier train project.yaml --events e.ndjson --labels l.ndjson \\
                --out trained --champion models/current.json \\
                --gate 'auc>=0.85' 'auc_gain>=-0.005' --junit gate.xml
              espalier train project.yaml --events e.ndjson --labels l.ndjson --register \\
                --alias challenger --why "May, with terminals" --gate 'suspects<=0'

            The champion, of the project's registry unless --champion names a file or another
            version, is compared on judged examples later than those that it was trained on, for it
            knows the labels of the others; where there are none, there is no gain, and a gate on
            one is not passed. With --refit every fold fits its own selection again, and that is
            what measures, gate and gain are of.

            The folder gets model.json, report.html and report.json; where no λ satisfies --choose,
            the reports alone, and the exit code is 65. A gate that is not passed ends with exit
            code 1. Interrupted (ctrl-C), a run tells of the λ that are done and chooses none; it
            keeps them in the folder, where the same command goes on from them, and leaves model
            and reports there as they are. One that is killed loses about ten seconds of fits.
            """))

    @OptionGroup var source: ReplaySource
    @Option(help: ArgumentHelp("Only examples of events from this time on.", valueName: "time"))
    var from: CalendarTime?
    @Option(help: ArgumentHelp("Only examples of events before this time.", valueName: "time"))
    var until: CalendarTime?
    @Option(help: ArgumentHelp("Part of L1 in the penalty.", valueName: "a")) var alpha = 1.0
    @Option(help: "So many λ.") var lambdas = 40
    @Option(help: "The smallest λ over the largest.") var lambdaRatio = 1e-3
    @Option(help: "Blocks that judge.") var folds = 5
    @Option(
        help: ArgumentHelp(
            "Time left out before each block. (default: the labels' maturity)", valueName: "time"))
    var gap: EventDuration?
    @Flag(help: "Draw the folds at random, whatever the order of time.") var randomFolds = false
    @Option(
        help: ArgumentHelp(
            "Folds hold whole entities, told apart by this field of events.", valueName: "field"))
    var entity: String?
    @Option(help: ArgumentHelp("\(ChoiceRule.help)", valueName: "rule"))
    var choose = ChoiceRule.oneStandardError
    @Flag(
        help: "Fit the selected features again without penalty (relaxed lasso); bounds still hold.")
    var refit = false
    @Option(help: "Halves of the rows that tell how stable the choice of features is.")
    var stability = 10
    @Option(help: "Draws folds and halves.") var seed: UInt64 = 0
    @Option(help: "Threads at work on a fit; results do not depend on it.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Quality by quarters of numeric features, or by values of fields.", valueName: "name"))
    var segment: [String] = []
    @Option(
        help: ArgumentHelp(
            """
            The model to compare with: a file, or NAME, NAME@ALIAS or NAME@VERSION of the \
            registry. (default: the champion of the project's registry, if there is one)
            """, valueName: "model"))
    var champion: String?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "What must hold of a measure, such as auc>=0.85. Measures: \(TrainMeasure.names).",
            valueName: "rule"))
    var gate: [GateRule] = []
    @Option(help: ArgumentHelp("Write the gate's outcome as JUnit XML.", valueName: "file"))
    var junit: String?
    @Option(help: ArgumentHelp("Where model and reports go.", valueName: "folder"))
    var out: String?
    @OptionGroup var registration: TrainRegistration
    @Flag(help: "Print the report as JSON.") var json = false

    func validate() throws {
        guard source.model == nil else {
            throw ValidationError("--model: a model to compare with is the --champion")
        }
        guard (2...50).contains(folds) else {
            throw ValidationError("--folds: found \(folds); expected 2…50")
        }
        guard entity == nil || (!randomFolds && gap == nil) else {
            throw ValidationError("--entity: expected neither --random-folds nor --gap beside it")
        }
        guard (1...1_000).contains(threads) else {
            throw ValidationError("--threads: found \(threads); expected 1…1000")
        }
        guard (0...1_000).contains(stability) else {
            throw ValidationError("--stability: found \(stability); expected 0…1000")
        }
        try PathRanges.check(alpha: [alpha], lambdas: lambdas, lambdaRatio: lambdaRatio)
        for rule in gate {
            guard let fault = TrainMeasure.fault(of: rule.measure) else { continue }
            throw ValidationError("--gate: \(fault)")
        }
        if let from, let until, from.millis >= until.millis {
            throw ValidationError("--until: expected a time after --from")
        }
    }

    /// The rows that judge a fold's fit.
    var judges: String {
        randomFolds ? "other rows" : entity.map { "rows of other \($0)" } ?? "later blocks"
    }

    func run() throws {
        let file = try ProjectFile.load(source.project)
        try check(file)
        let champion = try findChampion(file)
        Interruption.listen()
        let watch = Stopwatch()
        let set = try TrainingSet.replay(file, self)
        let replaySeconds = watch.seconds
        if Interruption.hasCome {
            throw Failure(
                .interrupted, "interrupted while the history was replayed; nothing is fitted")
        }
        var run = try TrainRun(file, consume set, self, against: champion)
        let work = try UnfinishedWork(at: out.map { "\($0)/unfinished" }, inputs: run.inputs)
        (run.finished, run.work) = (work.finished, work)
        try run.train()
        var report = try run.report()
        (report.replaySeconds, report.seconds) = (replaySeconds, watch.seconds)
        if let out, !run.isInterrupted { try report.write(to: out) }
        if let junit { try GateReport(report.verdicts).write(to: junit) }
        Terminal.output.write(json ? report.json.line : report.text(for: .output))
        if run.isInterrupted { throw try work.interrupted(run.finished) }
        work.remove()
        if let failure = run.choiceFailure { throw failure }
        let failed = report.verdicts.filter { !$0.isPassed }
        guard failed.isEmpty else {
            throw Failure(
                .gate, "the gate is not passed: " + failed.map(\.reason).joined(separator: "; "))
        }
        try register(report, file)
    }

    /// What can be told before the history is replayed.
    func check(_ project: ProjectFile) throws(Failure) {
        let loss = project.model.loss
        guard loss == .logistic || loss == .squared else {
            throw Failure(
                .configuration,
                "model: found the loss \(loss.rawValue); expected logistic or squared, which train"
                    + " fits")
        }
        for rule in gate where TrainMeasure(rawValue: rule.measure)?.isTaken(of: loss) == false {
            throw Failure(
                .usage,
                "--gate: found \(rule.measure) for the loss \(loss.rawValue); expected a measure"
                    + " of it: \(TrainMeasure.names(of: loss))")
        }
        try registration.check(project)
        if let out { try WritablePlace.prepare(folder: out) }
        if let junit { try WritablePlace.prepare(file: junit) }
    }

    private func register(_ report: TrainReport, _ file: ProjectFile) throws {
        guard registration.register else { return }
        guard let artifact = report.artifact else {
            throw Failure(.data, "--register: found no model; expected a λ that every fold has")
        }
        let version = try registration.perform(artifact, of: file)
        let alias = registration.alias.map { ", now \(version.model)@\($0)" } ?? ""
        Terminal.error.write(
            "\(version.reference) (\(version.digest.prefix(12))) is registered\(alias)\n")
    }
}
