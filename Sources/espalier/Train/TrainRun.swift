internal import Bytes
internal import Features
internal import Model
internal import Project
internal import Simulation
internal import Training
internal import Sparse

/// Training on a history's examples: review, path, folds, choice, stability.
struct TrainRun {
    let project: ProjectFile
    let set: TrainingSet
    let command: TrainCommand
    let rules: [WeightRule]
    let design: Design
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
    private(set) var stability: StabilitySelection
    private(set) var warnings: [String] = []
    /// Then nothing is chosen.
    private(set) var isInterrupted = false
    /// What an interrupted run of the same inputs has done, and then what this one has.
    var finished = FinishedFits(inputs: "")

    init(
        _ project: ProjectFile, _ set: TrainingSet, _ command: TrainCommand
    ) throws(Failure) {
        self.project = project
        self.set = set
        self.command = command
        let examples = set.table.examples
        let groups = Set(project.rules.values.compactMap(\.group)).sorted()
        rules = (0..<examples.matrix.columnCount).map { column in
            let asked = project.rules[set.feature(ofColumn: column)]
            var rule = asked?.weightRule ?? WeightRule()
            rule.group = asked?.group.flatMap { groups.firstIndex(of: $0) }
            return rule
        }
        do throws(DescentError) {
            design = try Design(examples)
            try design.validate(for: project.model.loss)
        } catch { throw Failure(.data, "the examples: \(error)") }
        review = FeatureReview(examples, design: design)
        splits = try Self.splits(project, set, command)
        validation = CrossValidation(lambdas: [], foldCount: splits.count)
        stability = StabilitySelection(columnCount: examples.matrix.columnCount)
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
    /// λ of a half's path.
    private static let stabilitySteps = 6

    /// Does everything.
    ///
    /// - Parameter goesOn: asked before each fit; false leaves what is done, and chooses nothing.
    mutating func train(
        while goesOn: @escaping @Sendable () -> Bool = { !Interruption.hasCome }
    ) throws(Failure) {
        let progress = FitProgress(
            total: command.lambdas * (1 + splits.count)
                + command.stability * Self.stabilitySteps, while: goesOn)
        do throws(DescentError) {
            try fitPath(progress)
            try addFolds(progress)
            if goesOn() { try choose(progress) }
        } catch { throw Failure(.data, "the examples: \(error)") }
        progress.clear()
        isInterrupted = !goesOn()
        if isInterrupted { (chosen, final) = (nil, nil) }
        noteWarnings()
    }

    private mutating func choose(_ progress: FitProgress) throws(DescentError) {
        if let cost = command.choose.cost {
            costs = cost.amounts(
                points, set.table.examples, design.scaling, loss: project.model.loss,
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
        while progress.note(), let point = try solver.advance() { points.append(point) }
        finished["path"] = FinishedFold(points: points)
        validation = CrossValidation(
            lambdas: points.map(\.lambda), foldCount: splits.count)
    }

    /// All folds, on all processors. One whose past has one class only tells nothing and is left
    /// out.
    private mutating func addFolds(_ progress: FitProgress) throws(DescentError) {
        let (examples, rules, settings) = (set.table.examples, rules, settings)
        let (splits, validation, finished) = (splits, validation, finished)
        guard !points.isEmpty else { return }
        let fits = concurrently(splits.count, threadsMax: command.threads) { place in
            Result { () throws(DescentError) in
                try validation.fit(
                    splits[place], of: examples, rules: rules, settings: settings,
                    after: finished["fold \(place)"]
                ) { _ in progress.note() }
            }
        }
        for (place, fit) in fits.enumerated() {
            do throws(DescentError) {
                let fold = try fit.get()
                self.finished["fold \(place)"] = fold.finished
                self.validation.add(fold)
            } catch .oneClass(let label) {
                self.validation.leaveOutFold()
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
        var solver = try PathSolver(design, rules: rules, settings: strict)
        final = try solver.advance()
        if command.refit, let selected = final {
            let support = Set(selected.entries.map(\.column))
            var solver = try PathSolver(
                design, rules: rules.relaxed(to: support, columnCount: rules.count),
                settings: strict)
            final = try solver.advance()
            warnings.append(
                "the weights are fitted again without penalty; folds judged the penalised ones")
        }
        try addHalves(down: lambdasDown(to: lambda), progress)
    }

    /// Each half is drawn from a stream of its own, so that it does not matter who fits it.
    private mutating func addHalves(
        down lambdas: [Double], _ progress: FitProgress
    ) throws(DescentError) {
        let (examples, rules, settings) = (set.table.examples, rules, settings)
        let (seed, finished) = (command.seed, finished)
        let names = (0..<command.stability).map {
            "half \($0), seed \(seed), down to \(lambdas.last ?? 0)"
        }
        let fits = concurrently(command.stability, threadsMax: command.threads) { round in
            Result { () throws(DescentError) -> PathPoint? in
                if let half = finished[names[round]].points.last { return half }
                guard progress.note(Self.stabilitySteps) else { return nil }
                var random = SeededRandom(seed: seed, stream: UInt64(1 + round))
                return try StabilitySelection.fitHalf(
                    of: examples, rules: rules, settings: settings, lambdas: lambdas,
                    using: &random)
            }
        }
        for (round, fit) in fits.enumerated() {
            do throws(DescentError) {
                guard let half = try fit.get() else { continue }
                self.finished[names[round]] = FinishedFold(points: [half])
                stability.add(half)
            } catch .oneClass {
                warnings.append("no stability: half of the rows may have one class alone")
                return
            }
        }
    }

    /// A few λ on the way to the chosen one, which a warm start is glad of.
    private func lambdasDown(to lambda: Double) -> [Double] {
        let above = points.map(\.lambda).filter { $0 > lambda }
        let step = max(1, above.count / (Self.stabilitySteps - 1))
        return stride(from: step - 1, to: above.count, by: step).map { above[$0] } + [lambda]
    }

    private mutating func noteWarnings() {
        if isInterrupted { warnings.append("interrupted: nothing is chosen, and no model written") }
        if splits.count < command.folds {
            warnings.append(
                "\(command.folds - splits.count) of \(command.folds) folds are left out: no"
                    + " examples are older than their block by the gap")
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
        for name in earlyLabels {
            warnings.append(
                "\(name) counts labels sooner after their events than the maturity of labels: it"
                    + " sees those alone that came early")
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

    /// Features over labels that are younger than their maturity.
    private var earlyLabels: [String] {
        let maturity = project.labels?.maturityMillis ?? 0
        return project.features.compactMap { feature in
            guard case .aggregate(let aggregate) = feature.kind,
                aggregate.operand == .label, aggregate.delayMillis < maturity
            else { return nil }
            return feature.name
        }
    }
}
