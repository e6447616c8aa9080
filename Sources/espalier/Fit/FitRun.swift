internal import Bytes
internal import Model
internal import Sparse
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

    /// Without its features, which the design has.
    let table: NumericTable
    let command: FitCommand
    let rules: [WeightRule]
    /// Of all rows, and then of those that a fold fits.
    private(set) var design: Design
    /// Of all rows.
    let scaling: [Standardization]
    /// Of all rows.
    let twins: [Int]
    /// SHA-256 of labels, weights and values.
    let digest: String
    /// Features that are the same in all rows.
    private let constantCount: Int
    /// The rows that scores are measured on, where the rule has a budget of time.
    private let sample: Examples?
    private(set) var paths: [Path] = []
    /// What the fits took, without reading the table.
    private(set) var seconds = 0.0
    private(set) var warnings: [String] = []
    /// What an interrupted run of the same inputs has done, and then what this one has.
    var finished = FinishedFits(inputs: "")
    /// Where what is done is kept while more is; nil keeps nothing.
    var work: UnfinishedWork?

    init(_ table: consuming NumericTable, _ command: FitCommand) throws(Failure) {
        self.command = command
        rules = try Self.rules(table, command)
        let isMeasured = command.choose.cost == .latency
        let isAbsent = table.examples.matrix.absentColumns
        sample = isMeasured ? ScoringCost.sample(of: table.examples) : nil
        do throws(DescentError) {
            design = try Design(
                table.examples.takeMatrix(), labels: table.examples.labels,
                weights: table.examples.weights, standardizes: !command.noStandardize,
                threadsMax: command.threads)
            try design.validate(for: command.loss)
        } catch { throw Self.failure(error, table, command) }
        (scaling, twins) = (design.scaling, design.twins)
        digest = design.digest
        constantCount = design.scaling.enumerated()
            .count { $1.scale == 0 && !isAbsent.contains($0) }
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
        writer.append(digest)
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

    /// Fits everything that is not `finished`: the paths, then their folds.
    ///
    /// - Parameter goesOn: asked before each fit; false leaves what is done.
    mutating func fit(
        while goesOn: () -> Bool = { !Interruption.hasCome }
    ) throws(Failure) {
        let watch = Stopwatch()
        var progress = ProgressLine(unit: "fits")
        let folds = try command.folds.map { count throws(Failure) in try self.folds(count) } ?? []
        let lambdaCount = command.lambda.isEmpty ? command.lambdas ?? 100 : command.lambda.count
        let total = lambdaCount * (1 + folds.count) * command.alpha.count
        var done: UInt64 = 0
        func look() -> Bool {
            done += 1
            progress.update(count: done, fraction: min(1, Double(done) / Double(max(1, total))))
            return goesOn()
        }
        do throws(DescentError) {
            for alpha in command.alpha where goesOn() { try addPath(alpha, while: look) }
            for place in paths.indices {
                if !folds.isEmpty, !paths[place].points.isEmpty, goesOn() {
                    try validate(place, folds, while: look)
                }
                paths[place].chosen = choice(paths[place])
            }
        } catch { throw Self.failure(error, table, command) }
        progress.clear()
        seconds = watch.seconds
        noteWarnings()
    }

    private mutating func addPath(
        _ alpha: Double, while goesOn: () -> Bool
    ) throws(DescentError) {
        var solver = try PathSolver(design, rules: rules, settings: settings(alpha))
        let name = "α \(alpha)"
        var path = Path(alpha: alpha, lambdaMax: solver.lambdaMax)
        if solver.resume(after: finished[name].points) { path.points = finished[name].points }
        while goesOn(), let point = try solver.advance() {
            path.points.append(point)
            work?.keepIfDue { finished.with(path.points, as: name) }
        }
        finished[name] = FinishedFold(points: path.points)
        paths.append(path)
    }

    private mutating func validate(
        _ place: Int, _ folds: [Split], while goesOn: () -> Bool
    ) throws(DescentError) {
        let path = paths[place]
        let settings = settings(path.alpha)
        var validation = CrossValidation(
            lambdas: path.points.map(\.lambda), foldCount: folds.count)
        for (number, fold) in folds.enumerated() {
            let name = "α \(path.alpha), fold \(number)"
            let (known, work) = (finished, work)
            try validation.add(
                fold, in: &design, weights: table.examples.weights, rules: rules,
                settings: settings, after: finished[name]
            ) { points in
                work?.keepIfDue { known.with(points, as: name) }
                return goesOn()
            }
            finished[name] = validation.folds.last?.finished ?? FinishedFold()
            // One that is interrupted is the last.
            if finished[name].points.count < path.points.count { break }
        }
        paths[place].validation = validation
        if let cost = command.choose.cost { paths[place].costs = costs(cost, path.points) }
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
            points, sample ?? table.examples, scaling, loss: command.loss, space: space,
            indices: table.names.indices.map { UInt32($0) })
    }

    private mutating func noteWarnings() {
        if constantCount > 0 {
            warnings.append("constant features, which get no weight: \(constantCount)")
        }
        let repeated = twins.indices.filter { twins[$0] != $0 }
        if let first = repeated.first {
            let name = table.names[twins[first]]
            warnings.append(
                "features that repeat another: \(repeated.count), such as"
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

extension FeatureMatrix {
    /// Columns that no row has, where zeros are not stored: numbers that no feature bears.
    fileprivate var absentColumns: Set<Int> {
        guard case .compressed(let matrix) = self else { return [] }
        return Set((0..<matrix.columnCount).filter { matrix.column($0).rows.isEmpty })
    }
}
