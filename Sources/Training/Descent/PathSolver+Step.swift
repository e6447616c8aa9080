internal import Model
internal import Sparse

extension PathSolver {
    /// What one quadratic model brought.
    struct Step {
        /// Largest change of a standardised weight.
        var change: Double
        /// Nothing lowers the objective any more, to working precision.
        var isBlocked = false
    }

    /// Where the model's minimum lies.
    private struct Move {
        var columns: [Int] = []
        var changes: [Double] = []
        var intercept = 0.0
    }

    /// A new curvature costs little over so few columns, and makes a step one of Newton's.
    private static let cheapColumns = 24
    /// Slower progress than this asks for a new curvature at once.
    private static let contractionMax = 0.8
    /// Steps of one λ that any curvature would take.
    private static let stepsExpected = 2
    /// What a row's loss costs, in products of two numbers.
    private static let lossCost = 60
    private static let halvingsMax = 40
    /// The model is minimised this much better than the point is.
    private static let modelPrecision = 1e-2
    private static let strictPrecision = 1e-4
    private static let precisionMin = 1e-16
    private static let roundingUnit = 4e-16
    private static let tinyChange = 1e-12

    /// Minimises a quadratic model over the working set and moves there, or part of the way.
    mutating func step(_ penalties: Penalties) -> Step {
        let before = violation(penalties)
        let isFresh = isGramStale
        let precision = settings.isStrict ? Self.strictPrecision : Self.modelPrecision
        let tolerance = max(Self.precisionMin, precision * before)
        let move = proposal(penalties, tolerance)
        stepsOfLambda += 1
        if stepsOfLambda > Self.stepsExpected { stepsWasted += 1 }
        var part = 1.0
        let start = objective(penalties)
        tryOut(move.columns, move.changes)
        let slope = predictedChange(move, penalties)
        for _ in 0..<Self.halvingsMax {
            let changes = part == 1 ? move.changes : move.changes.map { part * $0 }
            let watched = design.move(
                state, along: move.columns, by: changes, intercept: part * move.intercept,
                settings.loss, into: &trial, watched: working)
            tryOut(move.columns, changes)
            let end = working.reduce(trial.meanLoss) {
                $0 + penalties.share(of: $1, in: trialWeights)
            }
            // A change too small to be seen in the objective is judged by the gradient alone.
            let isTiny = -slope <= Self.tinyChange * abs(start)
            let rounding = (isTiny ? Self.tinyChange / 10 : Self.roundingUnit) * abs(start)
            if end <= start + 1e-4 * part * slope + rounding {
                let slopesBefore = isGramStale ? [] : profiledSlopes
                accept(move.columns, changes, part * move.intercept, watched)
                let after = violation(penalties)
                let isSlow = after > Self.contractionMax * before || part < 1
                if isSlow || curvatureIsOutworn { isGramStale = true }
                if !isGramStale { learn(from: move.columns, changes, slopesBefore) }
                return Step(change: changes.reduce(0) { max($0, abs($1)) })
            }
            part /= 2
        }
        for column in move.columns { trialWeights[column] = weights[column] }
        isGramStale = true
        return Step(change: .infinity, isBlocked: isFresh)
    }

    /// Whether the steps that an old curvature took more have cost as much as a new one does.
    private var curvatureIsOutworn: Bool {
        let count = working.count
        return stepsWasted * (2 * count + Self.lossCost) > count * (count + 12) / 6
    }

    /// Corrects the curvature by what the step has shown of it.
    private mutating func learn(
        from columns: [Int], _ changes: [Double], _ slopesBefore: [Double]
    ) {
        guard settings.loss == .logistic else { return }
        let byColumn = Dictionary(uniqueKeysWithValues: zip(columns, changes))
        gram.correct(
            step: working.map { byColumn[$0] ?? 0 },
            changes: zip(profiledSlopes, slopesBefore).map { $0 - $1 })
    }

    /// Slopes by the working set where the intercept follows, at the model's curvature.
    private var profiledSlopes: [Double] {
        working.enumerated().map { k, column in
            let slope = gradient[column] + design.centers[column] * state.slopeSum
            return slope - gram.means[k] * state.slopeSum / gram.curvatureSum
        }
    }

    private mutating func tryOut(_ columns: [Int], _ changes: [Double]) {
        for (column, change) in zip(columns, changes) {
            trialWeights[column] = weights[column] + change
        }
    }

    /// First-order change of the loss, and that of the penalty of what is tried.
    private func predictedChange(_ move: Move, _ penalties: Penalties) -> Double {
        var sum = state.slopeSum * move.intercept
        for (column, change) in zip(move.columns, move.changes) {
            // The gradient is by centred columns, the intercept by stored ones.
            let slope = gradient[column] + design.centers[column] * state.slopeSum
            sum += slope * change
        }
        for column in working {
            let after = penalties.share(of: column, in: trialWeights)
            sum += after - penalties.share(of: column, in: weights)
        }
        return min(0, sum)
    }

    private mutating func accept(
        _ columns: [Int], _ changes: [Double], _ interceptChange: Double, _ watched: [Double]
    ) {
        for (column, change) in zip(columns, changes) { weights[column] += change }
        intercept += interceptChange
        swap(&state, &trial)
        for (column, value) in zip(working, watched) { gradient[column] = value }
    }

    /// Largest violation of the conditions of a minimum, in units of the gradient.
    private func violation(_ penalties: Penalties) -> Double {
        var largest = abs(state.slopeSum)
        for column in working {
            let block = penalties.couples ? penalties.block(column) : nil
            if let block, block.count != 1 {
                let pulls = block.map { weights[$0] - gradient[$0] }
                let part = penalties.shrinkage(ofPull: length(pulls), curvature: 1, column)
                for (member, pull) in zip(block, pulls) {
                    largest = max(largest, abs(part * pull - weights[member]))
                }
                continue
            }
            let weight = weights[column]
            let best = penalties.minimizer(
                pull: weight - gradient[column], curvature: 1, column)
            largest = max(largest, abs(best - weight))
        }
        return largest
    }

    private mutating func proposal(_ penalties: Penalties, _ tolerance: Double) -> Move {
        if !design.hasImplicitZeros, working.count <= gramColumnsMax {
            return gramProposal(penalties, tolerance)
        }
        isGramStale = true
        var model = ResidualModel(
            design, penalties, columns: working, state: state,
            weights: working.map { weights[$0] })
        model.minimize(tolerance: tolerance)
        return difference(model.weights, intercept: model.shift)
    }

    /// Pairs of columns cost less than rows, and memory of at most half the matrix.
    private var gramColumnsMax: Int {
        min(GramModel.columnsMax, max(256, design.rowCount / 2))
    }

    private mutating func gramProposal(_ penalties: Penalties, _ tolerance: Double) -> Move {
        if isGramStale || working.count <= Self.cheapColumns {
            if settings.loss == .logistic || gram.columns.isEmpty {
                gram.refresh(state, design)
            }
            isGramStale = false
            stepsWasted = 0
        }
        gram.extend(to: working, design)
        let sum = gram.curvatureSum
        guard sum > 0 else { return Move() }
        var quadratic = QuadraticStep(
            gram, penalties, gradient: profiledSlopes, weights: working.map { weights[$0] })
        quadratic.minimize(tolerance: tolerance)
        var move = difference(quadratic.weights, intercept: -state.slopeSum / sum)
        for (k, column) in working.enumerated() {
            let change = quadratic.weights[k] - weights[column]
            move.intercept -= gram.means[k] / sum * change
        }
        return move
    }

    private func difference(_ goal: [Double], intercept: Double) -> Move {
        var move = Move()
        move.intercept = intercept
        for (column, weight) in zip(working, goal) where weight != weights[column] {
            move.columns.append(column)
            move.changes.append(weight - weights[column])
        }
        return move
    }
}
