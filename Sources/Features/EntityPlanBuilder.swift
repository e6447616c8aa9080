/// Collects the aggregates over one entity and lays them out.
struct EntityPlanBuilder {
    /// A window before its edges are numbered.
    private struct Span: Hashable {
        var exitAge: Int64?
        var entryAge: Int64?
    }

    private struct Summary: Hashable {
        var kind: EntityPlan.Accumulator.Kind
        var column: EntityPlan.Column?
    }

    private struct Request {
        var aggregate: Aggregate
        var column: EntityPlan.Column?
        var slot: Int
        var span: Span
    }

    private var requests: [Request] = []
    private var columns: [EntityPlan.Column] = []
    private var spans: [Span] = []
    private var summaries: [Span: [Summary]] = [:]

    mutating func add(_ aggregate: Aggregate, column: EntityPlan.Column?, slot: Int) {
        let span = Span(
            exitAge: aggregate.windowMillis.map { $0 + aggregate.delayMillis },
            entryAge: aggregate.delayMillis > 0 ? aggregate.delayMillis : nil)
        requests.append(Request(aggregate: aggregate, column: column, slot: slot, span: span))
        if !spans.contains(span) { spans.append(span) }
        if let column, !columns.contains(column) { columns.append(column) }
        if let summary = summary(of: aggregate, column: column),
            summaries[span]?.contains(summary) != true
        {
            summaries[span, default: []].append(summary)
        }
    }

    /// - Parameters:
    ///   - latenessMillis: how long rows stay so that late events find them.
    ///   - labelHorizonMillis: how long rows stay so that their labels find them.
    func build(
        name: String, keySlot: Int, keyIsText: Bool, latenessMillis: Int64,
        labelHorizonMillis: Int64
    ) -> EntityPlan {
        var plan = EntityPlan(name: name, keySlot: keySlot, keyIsText: keyIsText)
        plan.columns = columns
        plan.boundaries = Array(
            Set(spans.flatMap { [$0.exitAge, $0.entryAge].compactMap(\.self) })
        )
        .sorted()
        for span in spans {
            let first = plan.accumulators.count
            for summary in summaries[span] ?? [] {
                plan.accumulators.append(
                    .init(
                        kind: summary.kind,
                        column: summary.column.flatMap { columns.firstIndex(of: $0) },
                        word: plan.rowWords))
            }
            plan.windows.append(
                .init(
                    exit: span.exitAge.flatMap { plan.boundaries.firstIndex(of: $0) },
                    entry: span.entryAge.flatMap { plan.boundaries.firstIndex(of: $0) },
                    accumulators: first..<plan.accumulators.count))
        }
        for request in requests { addReading(of: request, to: &plan) }
        let horizon = columns.contains(.label) ? labelHorizonMillis : 0
        let oldest = max(plan.boundaries.last ?? 0, horizon)
        plan.retentionMillis = oldest > 0 ? oldest + latenessMillis : 0
        return plan
    }

    private func addReading(of request: Request, to plan: inout EntityPlan) {
        let aggregate = request.aggregate
        guard let window = spans.firstIndex(of: request.span) else { return }
        let source = source(of: request, window: window, in: plan)
        let reading = EntityPlan.Reading(
            source: source, slot: request.slot, otherwise: aggregate.otherwise)
        switch aggregate.function {
        case .lag(let back) where aggregate.windowMillis == nil:
            plan.keptRowsMin = max(plan.keptRowsMin, back + 1)
        case .last where aggregate.windowMillis == nil,
            .timeSinceLast where aggregate.windowMillis == nil:
            plan.keptRowsMin = max(plan.keptRowsMin, 1)
        default: break
        }
        let excludesCurrent = !aggregate.includesCurrent || aggregate.function == .timeSinceLast
        if aggregate.delayMillis == 0 && excludesCurrent {
            plan.readingsBefore.append(reading)
        } else {
            plan.readingsAfter.append(reading)
        }
    }

    private func summary(of aggregate: Aggregate, column: EntityPlan.Column?) -> Summary? {
        switch aggregate.function {
        case .count:
            let needsSum = column != nil || aggregate.windowMillis == nil
            return needsSum ? Summary(kind: .sum, column: column) : nil
        case .sum, .mean: return Summary(kind: .sum, column: column)
        case .variance, .stddev: return Summary(kind: .moments, column: column)
        case .min: return Summary(kind: .minimum, column: column)
        case .max: return Summary(kind: .maximum, column: column)
        case .decayedCount(let half), .decayedSum(let half), .decayedMean(let half):
            return Summary(kind: .decayed(halfLifeMillis: half), column: column)
        case .first, .last, .lag, .distinct, .timeSinceLast: return nil
        }
    }

    private func source(
        of request: Request, window: Int, in plan: EntityPlan
    ) -> EntityPlan.Reading.Source {
        let column = request.column.flatMap { columns.firstIndex(of: $0) } ?? 0
        let accumulator = accumulator(of: request, window: window, in: plan)
        let word = accumulator.map { plan.accumulators[$0].word } ?? 0
        let edges = plan.windows[window]
        switch request.aggregate.function {
        case .count where accumulator != nil: return .present(word: word)
        case .count: return .events(startWord: edges.startWord, endWord: edges.endWord)
        case .first: return .first(window: window, column: column)
        case .last: return .lag(window: window, column: column, back: 0)
        case .lag(let back): return .lag(window: window, column: column, back: back)
        case .distinct: return .distinct(window: window, column: column)
        case .timeSinceLast: return .timeSinceLast(window: window)
        case .sum: return .sum(word: word)
        case .mean: return .mean(word: word)
        case .variance: return .variance(word: word)
        case .stddev: return .stddev(word: word)
        case .min, .max: return .extreme(accumulator: accumulator ?? 0, window: window)
        case .decayedCount: return .decayedCount(accumulator: accumulator ?? 0)
        case .decayedSum: return .decayedSum(accumulator: accumulator ?? 0)
        case .decayedMean: return .decayedMean(accumulator: accumulator ?? 0)
        }
    }

    private func accumulator(of request: Request, window: Int, in plan: EntityPlan) -> Int? {
        guard let summary = summary(of: request.aggregate, column: request.column) else {
            return nil
        }
        let column = summary.column.flatMap { columns.firstIndex(of: $0) }
        return plan.windows[window].accumulators.first {
            plan.accumulators[$0].kind == summary.kind && plan.accumulators[$0].column == column
        }
    }
}
