internal import ArgumentParser
internal import Foundation
internal import Model

/// `espalier fit`
struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fit sparse linear models to any table: a path of λ, each with its certificate.",
        discussion: paragraphs(
            """
            Minimises mean loss + λ (α Σ p|w| + (1-α)/2 Σ p w²) over standardised features, the
            intercept unpenalised, and stops on the duality gap. Every column that no option
            names is a feature; what is empty is missing and stands for the mean. Of k features
            in a --group, |w| is √k times the length of their weights, and w² √k times its square.

            Tables are CSV with a header, or svmlight for names in .svm, .svmlight, .libsvm;
            .gz and .zst are unpacked, - is standard input.

            Interrupted (ctrl-C), a run reports the λ that are done and keeps them beside --out;
            the same command then goes on from there. One that is killed loses about ten seconds.

            EXAMPLES
              espalier fit training.csv --label fraud --out path.json
              espalier fit training.csv.gz --label fraud --ignore id --time time --folds 5
              espalier fit houses.csv --label price --loss squared --alpha 0.5 --lambdas 50
              espalier fit training.csv --label fraud --lambda 0.001 --penalty amount=0 \\
                --bounds risk=0.. --artifact models
              espalier fit wide.csv --label y --group 'shop_*' 'country_*' --folds 5 \\
                --entity customer --choose bytes=4k
            """))

    @Argument(help: "The table.") var table: String
    @Option(help: ArgumentHelp("The column to predict; svmlight has its own.", valueName: "column"))
    var label: String?
    @Option(name: .customLong("loss"), help: "What a fit minimises.") var lossName = FitLoss
        .logistic
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Parts of L1 in the penalty, 0 (ridge) to 1 (lasso).", valueName: "a"))
    var alpha: [Double] = [1]
    @Option(parsing: .upToNextOption, help: ArgumentHelp("These λ.", valueName: "l"))
    var lambda: [Double] = []
    @Option(help: "So many λ from the largest of use downward. (default: 100)") var lambdas: Int?
    @Option(help: "The smallest of those over the largest.") var lambdaRatio = 1e-3
    @Option(help: ArgumentHelp("How much each row counts.", valueName: "column"))
    var weight: String?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Penalty factors; 0 exempts a feature.", valueName: "feature=f"))
    var penalty: [String] = []
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Bounds of weights, such as amount=0.. or x=-1..1.", valueName: "feature=l..u"))
    var bounds: [String] = []
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            Features that get weights together or not at all (group lasso): shop_*, red..blue or \
            names with commas.
            """, valueName: "features"))
    var group: [String] = []
    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Columns to leave out.", valueName: "column"))
    var ignore: [String] = []
    @Option(help: ArgumentHelp("Cross-validate with so many folds.", valueName: "k"))
    var folds: Int?
    @Option(
        help: ArgumentHelp("Folds are blocks by this column, in milliseconds.", valueName: "column")
    )
    var time: String?
    @Option(help: ArgumentHelp("Time left out before each block.", valueName: "time"))
    var gap = EventDuration.none
    @Option(help: ArgumentHelp("Rows equal in this column share a fold.", valueName: "column"))
    var entity: String?
    @Option(help: ArgumentHelp("\(ChoiceRule.help)", valueName: "rule"))
    var choose = ChoiceRule.oneStandardError
    @Option(help: "Draws the folds.") var seed: UInt64 = 0
    @Option(help: ArgumentHelp("Duality gap at which a fit ends.", valueName: "gap"))
    var tolerance = 1e-9
    @Flag(help: "End a fit on the gap, whether or not its weights have settled.")
    var gapAlone = false
    @Flag(help: "Penalise features on the scale they have.") var noStandardize = false
    @Option(help: ArgumentHelp("Write every λ's fit (JSON).", valueName: "file"))
    var out: String?
    @Option(
        help: ArgumentHelp(
            """
            Write the chosen fit as a model artifact; `espalier model import --project` takes it \
            where columns bear the names of the project's features.
            """, valueName: "folder"))
    var artifact: String?
    @Option(help: "Name of the artifact's model. (default: the table's)") var name: String?
    @Option(help: "Threads at work on a fit; results do not depend on it.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Print the fits as JSON instead of a summary.") var json = false

    var loss: Loss { lossName.loss }

    func validate() throws {
        guard lambda.isEmpty || lambdas == nil else {
            throw ValidationError("expected either --lambda or --lambdas")
        }
        guard !alpha.isEmpty else { throw ValidationError("--alpha: expected a number") }
        try PathRanges.check(alpha: alpha, lambdas: lambdas, lambdaRatio: lambdaRatio)
        if let lambda = lambda.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw ValidationError("--lambda: found \(lambda); expected a finite number, 0 or more")
        }
        guard tolerance > 0 else {
            throw ValidationError("--tolerance: found \(tolerance); expected a number above 0")
        }
        if let folds, !(2...100).contains(folds) {
            throw ValidationError("--folds: found \(folds); expected 2…100")
        }
        guard (1...1_000).contains(threads) else {
            throw ValidationError("--threads: found \(threads); expected 1…1000")
        }
        guard time == nil || entity == nil else {
            throw ValidationError("expected either --time or --entity")
        }
        guard folds != nil || (time == nil && entity == nil) else {
            throw ValidationError("--time and --entity are of use with --folds alone")
        }
        if artifact != nil, folds == nil, lambda.count != 1 || alpha.count != 1 {
            throw ValidationError(
                "--artifact: expected --folds, or one --lambda and one --alpha, to choose a fit")
        }
    }

    func run() throws {
        if let out, out != "-" { try WritablePlace.prepare(file: out) }
        if let artifact { try WritablePlace.prepare(folder: artifact) }
        Interruption.listen()
        let watch = Stopwatch()
        var progress = ProgressLine(unit: "rows")
        var roles = NumericTable.Roles(label: label, weight: weight, time: time, entity: entity)
        roles.ignored = ignore
        var table = try NumericTable.read(table, roles, &progress)
        if loss == .logistic { table.takeSignedLabels() }
        var run = try FitRun(consume table, self)
        let work = try UnfinishedWork(at: unfinishedPath, inputs: run.inputs)
        (run.finished, run.work) = (work.finished, work)
        try run.fit()
        let isInterrupted = Interruption.hasCome
        let report = run.report(seconds: watch.seconds)
        if let out { try report.json.write(to: out) }
        if let artifact, !isInterrupted {
            try run.writeArtifact(to: artifact, name: name ?? tableName)
        }
        let terminal = out == "-" ? Terminal.error : Terminal.output
        terminal.write(json ? report.json.line : report.text(for: terminal))
        if isInterrupted { throw try work.interrupted(run.finished) }
        work.remove()
        if let failure = run.choiceFailure { throw failure }
    }

    /// Where an interrupted run leaves its fits: beside what it writes.
    private var unfinishedPath: String? {
        if let out, out != "-" { return "\(out).unfinished" }
        return artifact.map { "\($0).unfinished" }
    }

    /// The file's name without folder and endings.
    private var tableName: String {
        let file = table.split(separator: "/").last ?? ""
        return file.split(separator: ".").first.map { String($0) } ?? "table"
    }
}

/// The losses that a path can minimise.
enum FitLoss: String, CaseIterable, ExpressibleByArgument {
    case logistic, squared

    var loss: Loss { self == .logistic ? .logistic : .squared }
}
