internal import Glibc
internal import Model
internal import Sparse

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

extension PathSolver {
    /// Columns that join the working set in one round at most, beside as many as are in it.
    private static let newcomersMax = 256

    /// A gap so many times the one asked for is not worth a closer look.
    private static let gapWorthwhile = 100.0

    /// Minimises for one λ from where the last one ended.
    ///
    /// - Parameter among: the only columns that may move; nil for all.
    mutating func solve(
        _ penalties: Penalties, before lambdaBefore: Double, among: [Int]? = nil
    ) throws(DescentError) -> PathPoint {
        let free = penalties.lambda == 0 ? usable.count : 0
        guard among != nil || free <= Certificate.freeMax else {
            throw .unpenalizedColumns(found: free, max: Certificate.freeMax)
        }
        var candidates = among ?? usable
        if among == nil { addExpected(penalties, lambdaBefore) }
        var round = Round()
        stepsOfLambda = 0
        // What the last λ left is current for all columns.
        while round.steps < settings.stepsMax {
            if round.gap > settings.gapMax { round.gap = gap(penalties, working) }
            if round.gap <= settings.gapMax, round.change <= settings.changeMax {
                let rest = candidates.filter { !isWorking[$0] }
                if !round.isRestCurrent { watch(rest) }
                let certificate = certificate(penalties, working + rest)
                round.gap = max(0, objective(penalties) - certificate.dualValue)
                let newcomers = violators(penalties, rest)
                if round.gap <= settings.gapMax, newcomers.isEmpty || !settings.isStrict {
                    return try finish(penalties, round, isConverged: true)
                }
                candidates = working + unproved(rest, penalties, certificate, gap: round.gap)
                add(newcomers)
                round.isRestCurrent = newcomers.isEmpty
                if newcomers.isEmpty, round.isStuck { break }
                round.isStuck = newcomers.isEmpty
            }
            let step = step(penalties)
            round.steps += 1
            round.change = step.change
            round.gap = .infinity
            round.isRestCurrent = false
            if step.isBlocked { break }
        }
        watch(candidates.filter { !isWorking[$0] })
        round.gap = max(0, objective(penalties) - certificate(penalties, candidates).dualValue)
        return try finish(
            penalties, round, isConverged: round.gap <= settings.gapMax && !settings.isStrict)
    }

    /// Where the descent for one λ stands.
    struct Round {
        var steps = 0
        var gap = Double.infinity
        /// Largest change of a weight in the last step.
        var change = Double.infinity
        var isRestCurrent = true
        /// Nothing was to be added last time, and the gap was too large.
        var isStuck = false
    }

    /// Columns with weights, those without penalty, and those that the strong rule expects.
    private mutating func addExpected(_ penalties: Penalties, _ lambdaBefore: Double) {
        let lambda = penalties.lambda
        let bound = lambdaBefore.isFinite ? 2 * lambda - lambdaBefore : lambda
        let alpha = penalties.alpha
        add(usable.filter { pull(on: $0, penalties) >= alpha * penalties.factor($0) * bound })
    }

    /// Columns outside the working set that a weight would serve, the most wanted first.
    private func violators(_ penalties: Penalties, _ rest: [Int]) -> [Int] {
        let wanted = rest.compactMap { column -> (column: Int, excess: Double)? in
            let isSingle = penalties.span(column) == 1
            let pull = isSingle ? -gradient[column] : pull(on: column, penalties)
            let weight = penalties.minimizer(pull: pull, curvature: 1, column)
            return weight != 0 ? (column, abs(weight)) : nil
        }
        let sorted = wanted.sorted { ($1.excess, $0.column) < ($0.excess, $1.column) }
        return sorted.prefix(max(working.count, Self.newcomersMax)).map(\.column)
    }

    /// Columns that the gap leaves a weight.
    private func unproved(
        _ rest: [Int], _ penalties: Penalties, _ certificate: Certificate, gap: Double
    ) -> [Int] {
        guard penalties.couples else {
            return rest.filter { !isScreened($0, penalties, certificate, gap: gap) }
        }
        return rest.flatMap { column in
            isScreened(column, penalties, certificate, gap: gap) ? [] : penalties.block(column)
        }
    }

    /// Whether the gap proves that what the column stands for has no weight: gap-safe sphere test,
    /// of a group with the length of its columns' norms for its spectral norm.
    private func isScreened(
        _ column: Int, _ penalties: Penalties, _ certificate: Certificate, gap: Double
    ) -> Bool {
        guard gap.isFinite else { return false }
        let radius = (settings.loss == .logistic ? gap / 2 : 2 * gap).squareRoot()
        let norm = design.norm(penalties, column)
        let pull = pull(on: column, penalties) + certificate.slack * norm
        return certificate.shrinkage * pull + radius * norm < penalties.threshold(column)
    }

    private func certificate(_ penalties: Penalties, _ columns: [Int]) -> Certificate {
        let objective = objective(penalties)
        return Certificate(
            design, settings.loss, state, penalties, columns: columns, gradient: gradient,
            target: objective - settings.gapMax,
            floor: objective - Self.gapWorthwhile * settings.gapMax)
    }

    private func gap(_ penalties: Penalties, _ columns: [Int]) -> Double {
        max(0, objective(penalties) - certificate(penalties, columns).dualValue)
    }

    func objective(_ penalties: Penalties) -> Double {
        working.reduce(state.meanLoss) { $0 + penalties.share(of: $1, in: weights) }
    }

    /// Below this mean loss a logistic fit is taken as one that separates the classes.
    private static let separableLoss = 1e-8
    /// A last change above this, where the gap is reached, is taken as growth without end.
    private static let runawayChange = 1e-3
    /// A column without penalty whose part of the curvature is below this has only rows on which
    /// the fit is certain: its weight grew until nothing was left to gain.
    private static let flatCurvature = 1e-6

    private func isFlat(_ free: [Int]) -> Bool {
        let sum = state.curvatureSum
        return free.contains { column in
            guard weights[column] != 0 else { return false }
            let moments = design.matrix.moments(column: column, weights: state.curvatures)
            let curvature = moments.squares - (sum > 0 ? moments.sum * moments.sum / sum : 0)
            return curvature < Self.flatCurvature * sum * design.squareMeans[column]
        }
    }

    private func finish(
        _ penalties: Penalties, _ round: Round, isConverged: Bool
    ) throws(DescentError) -> PathPoint {
        if settings.loss == .logistic {
            let free = usable.filter { penalties.lambda * penalties.factor($0) == 0 }
            let runsAway =
                !isConverged && round.gap <= settings.gapMax && round.change > Self.runawayChange
            if !free.isEmpty, state.meanLoss < Self.separableLoss || runsAway || isFlat(free) {
                throw .separable(lambda: penalties.lambda)
            }
        }
        return point(penalties, round, isConverged: isConverged)
    }

    private func point(_ penalties: Penalties, _ round: Round, isConverged: Bool) -> PathPoint {
        var original = intercept
        var standardized = intercept
        let entries = working.filter { weights[$0] != 0 }.sorted().map { column in
            let scaling = design.scaling[column]
            let weight = weights[column] / scaling.scale
            standardized += weights[column] * design.centers[column]
            return PathPoint.Entry(
                column: column, standardized: weights[column], weight: weight)
        }
        original = entries.reduce(standardized) {
            $0 - $1.weight * design.scaling[$1.column].mean
        }
        return PathPoint(
            lambda: penalties.lambda, alpha: penalties.alpha, intercept: original,
            standardizedIntercept: standardized, entries: entries,
            objective: objective(penalties), meanLoss: state.meanLoss, gap: round.gap,
            steps: round.steps, isConverged: isConverged)
    }
}

extension PathSettings {
    /// Whether the weights themselves must have settled.
    var isStrict: Bool { changeMax < .infinity }
}
