internal import Bytes
internal import Model
internal import Simulation
internal import Training

/// The fits that a command asks for: a path for each α, and its cross-validation.
struct FitRun {
    /// One α.
    struct Path {
        let alpha: Double
        let lambdaMax: Double
        var points: [PathPoint] = []
        var validation: CrossValidation?
        /// The λ that the rule picks.
        var chosen: Int?
        /// What each λ's fit takes, where the rule has a budget.
        var costs: [Double] = []
    }

    /// Without its features where no folds need them.
    let table: NumericTable
    let command: FitCommand
    let rules: [WeightRule]
    let design: Design
    private(set) var paths: [Path] = []
    /// What the fits took, without reading the table.
    private(set) var seconds = 0.0
    private(set) var warnings: [String] = []
    /// What an interrupted run of the same inputs has done, and then what this one has.
    var finished = FinishedFits(inputs: "")

    init(_ table: consuming NumericTable, _ command: FitCommand) throws(Failure) {
        self.command = command
        rules = try Self.rules(table, command)
        let matrix = command.folds == nil ? table.takeMatrix() : table.examples.matrix
        do throws(DescentError) {
            design = try Design(
                matrix, labels: table.examples.labels,
                weights: table.examples.weights, standardizes: !command.noStandardize)
        } catch { throw Failure(.data, "\(command.table): \(error)") }
        self.table = table
    }

    private func settings(_ alpha: Double) -> PathSettings {
        var settings = PathSettings(loss: command.loss, alpha: alpha)
        settings.lambdas =
            command.lambda.isEmpty
            ? .automatic(count: command.lambdas ?? 100, ratio: command.lambdaRatio)
            : .list(command.lambda)
        settings.gapMax = command.tolerance
        if command.gapAlone { settings.changeMax = .infinity }
        settings.standardizes = !command.noStandardize
        return settings
    }

    /// Names the data and all that the fits depend on.
    var inputs: String {
        var writer = ByteWriter()
        writer.append(design.digest)
        writer.append(table.names.joined(separator: "\n"))
        for alpha in command.alpha { writer.append("\n\(settings(alpha))") }
        for (column, rule) in rules.enumerated() where rule != WeightRule() {
            writer.append("\n\(column) \(rule)")
        }
        writer.append("\n\(command.folds ?? 0) \(command.gap.millis) \(command.seed)")
        for time in table.times ?? [] { writer.append(fixed: time) }
        for entity in table.entities ?? [] { writer.append(fixed: entity) }
        return ContentDigest(of: writer.bytes).hex
    }

    /// Fits everything that is not `finished`.
    ///
    /// - Parameter goesOn: asked before each fit; false leaves what is done.
    mutating func fit(
        while goesOn: () -> Bool = { !Interruption.hasCome }
    ) throws(Failure) {
        let watch = Stopwatch()
        var progress = ProgressLine(unit: "fits")
        let folds = try command.folds.map { count throws(Failure) in try self.folds(count) } ?? []
        var total = 0
        var done: UInt64 = 0
        func look() -> Bool {
            done += 1
            progress.update(
                count: done, fraction: total > 0 ? min(1, Double(done) / Double(total)) : nil)
            return goesOn()
        }
        do throws(DescentError) {
            for alpha in command.alpha where goesOn() {
                var settings = settings(alpha)
                var solver = try PathSolver(design, rules: rules, settings: settings)
                total = solver.lambdas.count * (1 + folds.count) * command.alpha.count
                let name = "α \(alpha)"
                var path = Path(alpha: alpha, lambdaMax: solver.lambdaMax)
                if solver.resume(after: finished[name].points) {
                    path.points = finished[name].points
                }
                while look(), let point = try solver.advance() { path.points.append(point) }
                finished[name] = FinishedFold(points: path.points)
                settings.lambdas = .list(path.points.map(\.lambda))
                if !folds.isEmpty, !path.points.isEmpty {
                    var validation = CrossValidation(
                        lambdas: path.points.map(\.lambda), foldCount: folds.count)
                    for (place, fold) in folds.enumerated() where goesOn() {
                        let name = "\(name), fold \(place)"
                        try validation.add(
                            fold, of: table.examples, rules: rules, settings: settings,
                            after: finished[name]
                        ) { _ in look() }
                        finished[name] = validation.folds.last?.finished ?? FinishedFold()
                    }
                    path.validation = validation
                }
                if let cost = command.choose.cost, path.validation != nil {
                    path.costs = costs(cost, path.points)
                }
                path.chosen = choice(path)
                paths.append(path)
            }
        } catch { throw Failure(.data, "\(command.table): \(error)") }
        progress.clear()
        seconds = watch.seconds
        noteWarnings()
    }

    private mutating func folds(_ count: Int) throws(Failure) -> [Split] {
        var random = SeededRandom(seed: command.seed)
        if let entities = table.entities {
            let found = Set(entities).count
            guard found >= count else {
                throw Failure(
                    .data,
                    "--entity: found \(found) of them; expected as many as folds at least")
            }
            return Split.grouped(entities, count: count, using: &random)
        }
        guard let times = table.times else {
            warnings.append(
                "folds are random: where rows are ordered in time or share entities, quality looks"
                    + " better than it is (--time, --entity)")
            return Split.random(labels: table.examples.labels, count: count, using: &random)
        }
        guard zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw Failure(
                .data, "\(command.table): found rows out of the order of --time; expected ascending"
            )
        }
        let folds = Split.blocked(times: times, count: count, gapMillis: command.gap.millis)
        guard folds.count == count else {
            throw Failure(
                .data,
                "--folds: found \(folds.count) blocks with rows before them; expected"
                    + " \(count) (a smaller --gap or fewer folds)")
        }
        return folds
    }

    private func choice(_ path: Path) -> Int? {
        guard let validation = path.validation else { return path.points.count == 1 ? 0 : nil }
        return command.choose.rule.choose(
            validation.summary { $0.loss }, nonZeroCounts: path.points.map(\.nonZeroCount),
            costs: path.costs)
    }

    private func costs(_ cost: ScoringCost, _ points: [PathPoint]) -> [Double] {
        guard let space = FeatureSpace(numericCount: table.names.count) else { return [] }
        return cost.amounts(
            points, table.examples, design.scaling, loss: command.loss, space: space,
            indices: table.names.indices.map { UInt32($0) })
    }

    private mutating func noteWarnings() {
        let constant = design.scaling.count { $0.scale == 0 }
        if constant > 0 { warnings.append("constant features, which get no weight: \(constant)") }
        let twins = design.twins.indices.filter { design.twins[$0] != $0 }
        if let first = twins.first {
            let name = table.names[design.twins[first]]
            warnings.append(
                "features that repeat another: \(twins.count), such as"
                    + " \(table.names[first]) = \(name)"
            )
        }
        if design.missingCount > 0 {
            warnings.append(
                "missing values, which stand for their feature's mean: \(design.missingCount)")
        }
        for path in paths {
            let open = path.points.count { !$0.isConverged }
            if open > 0 {
                warnings.append("α \(path.alpha): \(open) fits stopped short of the gap asked for")
            }
            guard let validation = path.validation, path.points.count > 2 else { continue }
            let least = LambdaRule.minimum.choose(
                validation.summary { $0.loss }, nonZeroCounts: path.points.map(\.nonZeroCount))
            if least == path.points.count - 1 {
                warnings.append(
                    "α \(path.alpha): the best λ is the smallest one; a smaller --lambda-ratio may"
                        + " do better")
            } else if least == 0 {
                warnings.append("α \(path.alpha): the best λ is the largest: features do not help")
            }
        }
    }
}
