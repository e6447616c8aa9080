internal import Model

/// Fits `Σ a loss(y, b + wᵀz) + λ Σ p (α|w| + (1-α)/2 w²)`, `Σ a = 1`, over standardised columns z
/// for one λ after another, from the largest (Friedman, Hastie & Tibshirani 2010).
///
/// Each λ starts from the weights of the one before, on the columns that the strong rule expects
/// (Tibshirani et al. 2012); quadratic models of the loss are minimised by coordinate descent on
/// this working set, and columns are added until the duality gap over all of them is small enough
/// (Massias, Gramfort & Salmon 2018; Bertrand et al. 2022). What the gap proves to be 0 is not
/// looked at again for that λ (Ndiaye et al. 2017).
///
/// Of columns with exactly the same values and rules only the first gets a weight when there is no
/// ridge penalty (α = 1 or λ = 0); else they share it.
///
/// Columns of a group are penalised by `λ √k p (α‖w‖₂ + (1-α)/2 ‖w‖₂²)`, w being their k weights:
/// blocks of coordinates, each minimised along the gradient of its quadratic model within a bound
/// of its curvature (Yuan & Lin 2006; Qin, Scheinberg & Goldfarb 2013).
public struct PathSolver: Sendable {
    let design: Design
    let settings: PathSettings
    let penalties: Penalties
    let groups: ColumnGroups
    /// Columns that may get a weight.
    let usable: [Int]
    var weights: [Double]
    /// The same, and within a step those that it tries.
    var trialWeights: [Double]
    /// By stored columns.
    var intercept = 0.0
    var state: RowState
    var trial: RowState
    /// By standardised columns; current as far as `solve` needs it.
    var gradient: [Double]
    /// The working set, in the order of entry.
    var working: [Int] = []
    var isWorking: [Bool]
    var gram = GramModel()
    var isGramStale = true
    var stepsOfLambda = 0
    /// Steps since the curvature was taken, beyond those that a λ takes anyway.
    var stepsWasted = 0
    private var lambdaBefore = Double.infinity

    /// The λ of the path, descending.
    public private(set) var lambdas: [Double]
    /// The smallest λ at which all penalised weights are 0, for α of at least 0.001.
    public private(set) var lambdaMax: Double
    private var next = 0

    /// Fits the intercept and the columns without penalty alone.
    ///
    /// - Parameter rules: one for each column; empty for the usual ones.
    public init(
        _ design: Design, rules: [WeightRule] = [], settings: PathSettings
    ) throws(DescentError) {
        try settings.validate()
        try design.validate(for: settings.loss)
        let rules = try Self.complete(rules, design)
        self.design = design
        self.settings = settings
        let scales = design.scaling.map(\.scale)
        let usable = Self.usable(design, rules, settings)
        let groups = try ColumnGroups(rules, among: usable)
        (self.usable, self.groups) = (usable, groups)
        penalties = Penalties(
            lambda: 0, alpha: settings.alpha,
            factors: rules.indices.map { rules[$0].penaltyFactor * groups.scale($0) },
            lower: zip(rules, scales).map { $0.lower == 0 ? 0 : $0.lower * $1 },
            upper: zip(rules, scales).map { $0.upper == 0 ? 0 : $0.upper * $1 }, groups: groups)
        weights = Array(repeating: 0, count: design.columnCount)
        trialWeights = weights
        gradient = weights
        state = RowState(rowCount: design.rowCount)
        trial = state
        isWorking = Array(repeating: false, count: design.columnCount)
        lambdas = []
        lambdaMax = 0
        lambdaMax = try fitNullModel()
        lambdas = settings.lambdas.values(from: lambdaMax)
    }

    private static func usable(
        _ design: Design, _ rules: [WeightRule], _ settings: PathSettings
    ) -> [Int] {
        (0..<design.columnCount).filter { column in
            let rule = rules[column]
            let twin = design.twins[column]
            let isFirst = twin == column || rules[twin] != rule
            // The length of weights is least where twins share, as a ridge penalty is.
            let isShared = (settings.alpha < 1 || rule.group != nil) && rule.penaltyFactor > 0
            let isForbidden = rule.lower == 0 && rule.upper == 0
            return design.isUsable(column) && (isFirst || isShared) && !isForbidden
        }
    }

    private static func complete(
        _ rules: [WeightRule], _ design: Design
    ) throws(DescentError) -> [WeightRule] {
        guard !rules.isEmpty else {
            return Array(repeating: WeightRule(), count: design.columnCount)
        }
        guard rules.count == design.columnCount else {
            throw .countMismatch(of: "rules", found: rules.count, expected: design.columnCount)
        }
        for (column, rule) in rules.enumerated() { try rule.validate(column: column) }
        return rules
    }

    /// Goes on behind fits of the first λ that an earlier solver of the same inputs has made.
    /// What follows agrees with an unbroken path within what each fit's gap allows.
    ///
    /// - Returns: false, and nothing is changed, when they are of other λ or columns.
    public mutating func resume(after points: [PathPoint]) -> Bool {
        guard next == 0, points.count <= lambdas.count,
            zip(points, lambdas).allSatisfy({ $0.lambda == $1 && $0.alpha == settings.alpha }),
            points.allSatisfy({ $0.entries.allSatisfy { $0.column < weights.count } })
        else { return false }
        guard let last = points.last else { return true }
        start(from: last)
        (next, lambdaBefore) = (points.count, last.lambda)
        return true
    }

    /// Takes the weights of a fit of the same columns to begin with, such as one of more rows.
    ///
    /// - Precondition: its columns are among the design's.
    mutating func start(from point: PathPoint) {
        for column in weights.indices { weights[column] = 0 }
        intercept = point.intercept
        let isUsable = Set(usable)
        let entries = point.entries.filter { isUsable.contains($0.column) }
        for (column, weight) in entries.map({ ($0.column, $0.weight) }) {
            let scaling = design.scaling[column]
            let (lower, upper) = (penalties.lower[column], penalties.upper[column])
            weights[column] = max(lower, min(upper, weight * scaling.scale))
            intercept += weight * scaling.mean - weights[column] * design.centers[column]
        }
        trialWeights = weights
        let columns = entries.map(\.column)
        add(columns)
        _ = design.move(
            nil, along: columns, by: columns.map { weights[$0] }, intercept: intercept,
            settings.loss, into: &state,
            watched: [])
        watch(usable)
        isGramStale = true
    }

    /// Fits the next λ; nil behind the last.
    public mutating func advance() throws(DescentError) -> PathPoint? {
        guard next < lambdas.count else { return nil }
        let lambda = lambdas[next]
        next += 1
        let point = try solve(penalties.with(lambda: lambda), before: lambdaBefore)
        lambdaBefore = lambda
        return point
    }

    /// The mean label's margin, and the columns without penalty; returns the largest λ.
    private mutating func fitNullModel() throws(DescentError) -> Double {
        var mean = 0.0
        for row in design.labels.indices { mean += design.weights[row] * design.labels[row] }
        intercept = settings.loss.margin(atPrediction: mean)
        _ = design.move(
            nil, along: [], by: [], intercept: intercept, settings.loss, into: &state, watched: []
        )
        let free = usable.filter { penalties.factor($0) == 0 }
        guard free.count <= Certificate.freeMax else {
            throw .unpenalizedColumns(found: free.count, max: Certificate.freeMax)
        }
        if !free.isEmpty {
            add(free)
            _ = try solve(penalties, before: 0, among: free)
        }
        watch(usable)
        let alpha = max(settings.alpha, PathSettings.lambdaAlphaMin)
        var largest = 0.0
        let positive = penalties.with(lambda: 1)
        for column in usable where penalties.factor(column) > 0 {
            let isOpen = gradient[column] < 0 ? penalties.upper : penalties.lower
            guard isOpen[column] != 0 else { continue }
            largest = max(largest, pull(on: column, positive) / (alpha * penalties.factor(column)))
        }
        return largest
    }

    /// How strongly the loss pulls at what a column stands for: 0 for one that its group's first
    /// stands for.
    func pull(on column: Int, _ penalties: Penalties) -> Double {
        penalties.couples
            ? length(penalties.block(column).lazy.map { gradient[$0] }) : abs(gradient[column])
    }

    /// Adds to the working set; groups whole, so that their columns are neighbours in it.
    mutating func add(_ columns: [Int]) {
        for column in columns where !isWorking[column] {
            for member in groups.members(with: column) ?? [column] {
                isWorking[member] = true
                working.append(member)
            }
        }
    }

    /// Brings the gradient by these columns up to date.
    mutating func watch(_ columns: [Int]) {
        for (column, value) in zip(columns, design.gradient(columns, state)) {
            gradient[column] = value
        }
    }
}

extension PathSettings {
    /// As the largest λ of a ridge path is infinite, it is taken as of this α.
    static let lambdaAlphaMin = 1e-3
}

extension PathSettings.Lambdas {
    fileprivate func values(from largest: Double) -> [Double] {
        switch self {
        case .list(let list): return list.sorted(by: >)
        case .automatic(let count, let ratio):
            guard count > 1, largest > 0 else { return [largest] }
            return (0..<count).map { largest * power(ratio, Double($0) / Double(count - 1)) }
        }
    }
}
