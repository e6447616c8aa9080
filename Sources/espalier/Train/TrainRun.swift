internal import Bytes
internal import Features
internal import Model
internal import Project
internal import Training
internal import Sparse

/// Training on a history's examples: review, path, folds, choice, stability.
struct TrainRun {
    let project: ProjectFile
    /// Without its matrix, which the design has.
    let set: TrainingSet
    let given: GivenExamples
    let command: TrainCommand
    let champion: Champion.Search
    let rules: [WeightRule]
    /// Of all rows, and then of those that a fold or a half fits.
    private(set) var design: Design
    /// Of all rows.
    let scaling: [Standardization]
    let review: FeatureReview
    let splits: [Split]
    private(set) var points: [PathPoint] = []
    private(set) var lambdaMax = 0.0
    private(set) var validation: CrossValidation
    private(set) var chosen: Int?
    /// What each λ's fit takes, where the rule has a budget.
    private(set) var costs: [Double] = []
    /// The chosen λ's fit on all rows, to the last digits.
    private(set) var final: PathPoint?
    /// What judges it, one of each fold that can.
    private(set) var judges: [Judge] = []
    private(set) var stability: StabilitySelection
    private(set) var warnings: [String] = []
    /// Then nothing is chosen.
    private(set) var isInterrupted = false
    /// What an interrupted run of the same inputs has done, and then what this one has.
    var finished = FinishedFits(inputs: "")

    /// Where what is done is kept while more is; nil keeps nothing.
    var work: UnfinishedWork?

    /// One fold's fit at the chosen λ, with what it is worth on the rows that judge it.
    struct Judge {
        let rows: [Int]
        /// Of the rows that it learned from.
        let scaling: [Standardization]
        let point: PathPoint
        let quality: FoldQuality
    }

    /// - Parameter champion: that the chosen fit is compared with.
    init(
        _ project: ProjectFile, _ set: TrainingSet, _ command: TrainCommand,
        against champion: Champion.Search = Champion.Search()
    ) throws(Failure) {
        self.project = project
        self.command = command
        self.champion = champion
        given = try GivenExamples(set, project, command, champion.champion)
        var set = set
        var examples = set.table.examples
        set.table.examples = Examples(
            matrix: .dense(DenseMatrix(rowCount: 0, columnCount: 0)), labels: examples.labels,
            weights: examples.weights)
        rules = Self.rules(project, set)
        do throws(DescentError) {
            design = try Design(
                examples.takeMatrix(), labels: examples.labels, weights: examples.weights,
                unscaledFrom: examples.unscaledFrom, threadsMax: command.threads)
            try design.validate(for: project.model.loss)
        } catch { throw Failure(.data, "the examples: \(error)") }
        scaling = design.scaling
        review = FeatureReview(
            areas: given.rocAreas, design: design, numericCount: examples.unscaledFrom)
        splits = try Self.splits(project, set, command)
        validation = CrossValidation(lambdas: [], foldCount: splits.count)
        stability = StabilitySelection(columnCount: rules.count)
        self.set = set
    }

    /// By column.
    private static func rules(_ project: ProjectFile, _ set: TrainingSet) -> [WeightRule] {
        let groups = Set(project.rules.values.compactMap(\.group)).sorted()
        return set.table.indices.indices.map { column in
            let asked = project.rules[set.feature(ofColumn: column)]
            var rule = asked?.weightRule ?? WeightRule()
            rule.group = asked?.group.flatMap { groups.firstIndex(of: $0) }
            return rule
        }
    }

    var settings: PathSettings {
        var settings = PathSettings(
            loss: project.model.loss, alpha: command.alpha,
            lambdas: .automatic(count: command.lambdas, ratio: command.lambdaRatio))
        (settings.gapMax, settings.changeMax) = (Self.gapMax, .infinity)
        return settings
    }

    /// Far below what folds can tell apart.
    private static let gapMax = 1e-7

    /// Does everything.
    ///
    /// - Parameter goesOn: asked before each fit; false leaves what is done, and chooses nothing.
    mutating func train(
        while goesOn: @escaping @Sendable () -> Bool = { !Interruption.hasCome }
    ) throws(Failure) {
        let progress = FitProgress(
            total: (command.lambdas + 1) * (1 + splits.count) + command.stability, while: goesOn)
        do throws(DescentError) {
            try fitPath(progress)
            try addFolds(progress)
            if goesOn() { try choose(progress) }
        } catch { throw Failure(.data, "the examples: \(error)") }
        progress.clear()
        isInterrupted = !goesOn()
        if isInterrupted { (chosen, final, judges) = (nil, nil, []) }
        noteWarnings()
    }

    private mutating func choose(_ progress: FitProgress) throws(DescentError) {
        if let cost = command.choose.cost {
            costs = cost.amounts(
                points, given.sample ?? set.table.examples, scaling, loss: project.model.loss,
                space: set.plan.space, indices: set.table.indices)
            for place in points.indices where cost == .latency {
                let columns = points[place].entries.map(\.column)
                costs[place] += set.evaluationNanos(weighing: columns)
            }
        }
        chosen = command.choose.rule.choose(
            validation.summary { $0.loss }, nonZeroCounts: points.map(\.nonZeroCount),
            costs: costs)
        if let chosen { try finish(at: chosen, progress) }
    }

    /// Why no λ was chosen of a run that came to its end.
    var choiceFailure: Failure? {
        guard chosen == nil, !isInterrupted else { return nil }
        return command.choose.failure(
            leastFound: command.choose.leastFound(
                validation.summary { $0.loss }, nonZeroCounts: points.map(\.nonZeroCount),
                costs: costs))
    }

    private mutating func fitPath(_ progress: FitProgress) throws(DescentError) {
        var solver = try PathSolver(design, rules: rules, settings: settings)
        lambdaMax = solver.lambdaMax
        if solver.resume(after: finished["path"].points) { points = finished["path"].points }
        while progress.note(), let point = try solver.advance() {
            points.append(point)
            keep("path", points)
        }
        finished["path"] = FinishedFold(points: points)
        validation = CrossValidation(
            lambdas: points.map(\.lambda), foldCount: splits.count)
    }

    /// One whose past has one class only tells nothing and is left out.
    private mutating func addFolds(_ progress: FitProgress) throws(DescentError) {
        guard !points.isEmpty else { return }
        for (place, split) in splits.enumerated() {
            let name = "fold \(place)"
            let (known, work) = (finished, work)
            do throws(DescentError) {
                try validation.add(
                    split, in: &design, weights: set.table.examples.weights, rules: rules,
                    settings: settings, after: finished[name]
                ) { points in
                    work?.keepIfDue { known.with(points, as: name) }
                    return progress.note()
                }
                finished[name] = validation.folds.last?.finished ?? FinishedFold()
                work?.keepIfDue { finished }
                // One that is interrupted is the last.
                if finished[name].points.count < points.count { return }
            } catch .oneClass(let label) {
                validation.leaveOutFold()
                warnings.append("a fold is left out: its past has labels of \(label) alone")
            }
        }
    }

    private mutating func finish(
        at place: Int, _ progress: FitProgress
    ) throws(DescentError) {
        let lambda = points[place].lambda
        var strict = settings
        strict.lambdas = .list([lambda])
        (strict.gapMax, strict.changeMax) = (1e-9, 1e-10)
        // As the path was, not as the last fold.
        try design.reweigh(set.table.examples.weights)
        var solver = try PathSolver(design, rules: rules, settings: strict)
        final = try solver.advance()
        if command.refit, let selected = final {
            let support = Set(selected.entries.map(\.column))
            var solver = try PathSolver(
                design, rules: rules.relaxed(to: support, columnCount: rules.count),
                settings: strict)
            final = try solver.advance()
            warnings.append(
                "the weights are fitted again without penalty, in each fold too: λ is chosen by"
                    + " penalised fits, and the others judged")
        }
        try addJudges(at: place, strict)
        try addHalves(from: points[place], progress)
    }

    private mutating func addJudges(
        at place: Int, _ settings: PathSettings
    ) throws(DescentError) {
        for fold in validation.folds where place < fold.qualities.count {
            var (point, quality) = (fold.points[place], fold.qualities[place])
            if command.refit {
                do throws(DescentError) {
                    guard
                        let relaxed = try fold.relaxed(
                            at: place, in: &design, weights: set.table.examples.weights,
                            rules: rules, settings: settings)
                    else { continue }
                    (point, quality) = relaxed
                } catch {
                    warnings.append("a fold does not judge the weights: \(error)")
                    continue
                }
            }
            judges.append(
                Judge(
                    rows: fold.split.test, scaling: fold.scaling, point: point, quality: quality))
        }
    }

    /// Keeps what is done on the disk, from time to time.
    private func keep(_ name: String, _ points: [PathPoint]) {
        work?.keepIfDue { finished.with(points, as: name) }
    }

    /// Each half is drawn from a stream of its own, so that it does not matter who fits it.
    private mutating func addHalves(
        from whole: PathPoint, _ progress: FitProgress
    ) throws(DescentError) {
        let (labels, seed) = (set.table.examples.labels, command.seed)
        for first in stride(from: 0, to: command.stability, by: command.threads) {
            let rounds = first..<min(command.stability, first + command.threads)
            let halves = concurrently(rounds.count, threadsMax: command.threads) { place in
                var random = SeededRandom(seed: seed, stream: UInt64(1 + first + place))
                return StabilitySelection.half(of: labels, using: &random)
            }
            for (round, half) in zip(rounds, halves) {
                do throws(DescentError) {
                    guard try addHalf(half, round, from: whole, progress) else { return }
                } catch .oneClass {
                    warnings.append("no stability: half of the rows may have one class alone")
                    return
                }
            }
        }
    }

    /// - Returns: false when no more are to be made.
    private mutating func addHalf(
        _ half: [Bool], _ round: Int, from whole: PathPoint, _ progress: FitProgress
    ) throws(DescentError) -> Bool {
        let name = "half \(round), seed \(command.seed), \(whole.lambda)"
        var fit = finished[name].points.last
        if fit == nil, progress.note() {
            fit = try StabilitySelection.fit(
                half, in: &design, weights: set.table.examples.weights, rules: rules,
                settings: settings, from: whole)
        }
        guard let fit else { return false }
        finished[name] = FinishedFold(points: [fit])
        work?.keepIfDue { finished }
        stability.add(fit)
        return true
    }

    private mutating func noteWarnings() {
        if isInterrupted { warnings.append("interrupted: nothing is chosen, and no model written") }
        if splits.count < command.folds {
            warnings.append(
                "\(command.folds - splits.count) of \(command.folds) folds are left out: no"
                    + " examples are older than their block by the gap")
        }
        if set.limits[.examplesLeftOut] > 0 {
            warnings.append(
                "\(Numerals.grouped(set.limits[.examplesLeftOut])) later examples are left out:"
                    + " memory has room for \(Numerals.grouped(ExampleLog.valuesMaxDefault))"
                    + " values; --from picks a shorter history")
        }
        let losses = validation.summary { $0.loss }
        let least = LambdaRule.minimum.choose(losses, nonZeroCounts: points.map(\.nonZeroCount))
        if losses.count > 2, least == losses.count - 1 {
            warnings.append(
                "the best λ is the smallest one: a smaller --lambda-ratio may do better")
        } else if losses.count > 2, least == 0 {
            warnings.append("the best λ is the largest one: features do not help")
        }
        if command.randomFolds {
            warnings.append(
                "folds are random: examples near in time are on both sides, so quality looks better"
                    + " than it will be")
        }
        if let entity = command.entity {
            warnings.append(
                "folds are of \(entity): they judge ones that a fit has not seen, but knowing what"
                    + " came later")
        }
        for suspect in review.suspects {
            warnings.append(
                "\(set.name(ofColumn: suspect.column)) alone ranks the labels with AUC"
                    + " \(Numerals.fixed(suspect.rocArea, 4)): does it know them?")
        }
        for early in earlyLabels { warnings.append(early.warning) }
        if isBlocked, gapMillis < maturityMillis {
            warnings.append(
                "--gap \(EventDuration.text(gapMillis)) is shorter than the labels' maturity of"
                    + " \(EventDuration.text(maturityMillis)): folds learn from labels that nobody"
                    + " knew when their block began")
        }
        if review.groups == nil {
            warnings.append(
                "more than \(FeatureReview.comparedMax) numeric inputs: none was compared with the"
                    + " others")
        }
        for group in review.groups ?? [] {
            let names = group.prefix(4).map(set.name(ofColumn:)).joined(separator: ", ")
            let more = group.count > 4 ? " and \(group.count - 4) more" : ""
            warnings.append(
                "\(names)\(more) say nearly the same; with --alpha 0.5 they share their weight")
        }
    }
}
