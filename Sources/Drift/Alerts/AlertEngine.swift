/// Readings in, actions out: which troubles are alerts, who is told, and when they are over.
///
/// A pure state machine: it has no clock, sends nothing, and the same calls give the same actions.
/// Time is milliseconds of whatever clock the caller keeps to, and never runs back.
public struct AlertEngine: Sendable {
    struct Key: Hashable {
        /// A place in `plan.rules`, or beyond them one of the burn rates of the objectives.
        var rule: Int
        var subject: String
    }

    let plan: AlertPlan
    let burnRules: [(objective: Int, burn: BurnRate, rule: AlertRule)]
    var states: [Key: TroubleState] = [:]
    var budgets: [ErrorBudget]
    var firing: [Key: Alert] = [:]
    var desk: NotificationDesk
    private var rulesBySignal: [Signal: [Int]] = [:]
    /// The artifact that scores; alerts are told apart by it.
    public internal(set) var model: String
    var now = Int64.min
    /// Troubles that were not watched because too many were.
    public internal(set) var overflowed: UInt64 = 0
    /// What fired before a restart, of rules that there are no more: over at the next look.
    var retired: [Alert] = []

    public init(_ plan: AlertPlan, model: String) {
        self.plan = plan
        self.model = model
        desk = NotificationDesk(plan)
        budgets = plan.objectives.map { _ in ErrorBudget() }
        for (place, rule) in plan.rules.enumerated() {
            rulesBySignal[rule.signal, default: []].append(place)
        }
        burnRules = plan.objectives.enumerated().flatMap { number, objective in
            objective.burns.map { (number, $0, AlertRule(objective, $0)) }
        }
    }

    /// What fires, by identity.
    public var alerts: [Alert] { firing.values.sorted { $0.identity < $1.identity } }

    /// Another model scores from now on: what fired about the last one is over, because its
    /// readings are about the last one.
    public mutating func setModel(_ model: String, at millis: Int64) -> [AlertAction] {
        guard model != self.model else { return [] }
        advanceClock(millis)
        var actions: [AlertAction] = []
        for key in firing.keys.sorted(by: Self.precedes) { resolve(key, &actions) }
        states.removeAll(keepingCapacity: true)
        self.model = model
        return actions
    }

    /// Takes readings of one time. O(readings · rules of the signal).
    public mutating func observe(_ readings: [Reading], at millis: Int64) -> [AlertAction] {
        advanceClock(millis)
        var actions: [AlertAction] = []
        for reading in readings {
            for place in rulesBySignal[reading.signal] ?? []
            where plan.rules[place].covers(reading) {
                take(reading, Key(rule: place, subject: reading.subject), &actions)
            }
        }
        return actions
    }

    /// Takes events of an objective since the last call, and judges its burn rates.
    ///
    /// - Parameter objective: its place in the plan.
    public mutating func count(
        events: Double, bad: Double, objective: Int, at millis: Int64
    ) -> [AlertAction] {
        advanceClock(millis)
        budgets[objective].add(events: events, bad: min(bad, events), at: now)
        var actions: [AlertAction] = []
        for (place, entry) in burnRules.enumerated() where entry.objective == objective {
            guard let rate = burnRate(objective, entry.burn) else { continue }
            var reading = Reading(entry.rule.signal, rate)
            reading.baseline = 1
            take(reading, Key(rule: plan.rules.count + place, subject: ""), &actions)
        }
        return actions
    }

    /// How fast the budget is spent over both windows: the slower of the two, and 0 while nothing
    /// comes; nil before the long one is over once, and for too few events in it.
    private func burnRate(_ objective: Int, _ burn: BurnRate) -> Double? {
        let allowed = 1 - plan.objectives[objective].target
        let budget = budgets[objective]
        guard allowed > 0, let long = budget.sums(overMillis: burn.longMillis),
            let short = budget.sums(overMillis: burn.shortMillis)
        else { return nil }
        guard short.events > 0 else { return 0 }
        guard long.events >= Self.burnEventsMin else { return nil }
        return min(long.bad / long.events, short.bad / short.events) / allowed
    }

    /// Events of the long window below which a burn rate says nothing.
    static let burnEventsMin = 100.0

    /// Lets time pass: alerts without readings end, and what is due is sent.
    public mutating func advance(to millis: Int64) -> [AlertAction] {
        advanceClock(millis)
        var actions: [AlertAction] = []
        for alert in retired { close(alert, &actions) }
        retired.removeAll()
        for key in firing.keys.sorted(by: Self.precedes) {
            guard var state = states[key], isStale(key, state) else { continue }
            _ = state.expire()
            states[key] = nil
            resolve(key, &actions)
        }
        states = states.filter { $0.value.phase != .quiet || !isStale($0.key, $0.value) }
        actions += desk.due(at: now).map { .notify($0) }
        return actions
    }

    private func isStale(_ key: Key, _ state: TroubleState) -> Bool {
        now - state.seenMillis > plan.pace.staleMillis(of: rule(key).signal)
    }

    private mutating func advanceClock(_ millis: Int64) { now = max(now, millis) }

    static func precedes(_ a: Key, _ b: Key) -> Bool {
        (a.rule, a.subject) < (b.rule, b.subject)
    }

    func rule(_ key: Key) -> AlertRule {
        key.rule < plan.rules.count
            ? plan.rules[key.rule] : burnRules[key.rule - plan.rules.count].rule
    }

    private mutating func take(_ reading: Reading, _ key: Key, _ actions: inout [AlertAction]) {
        let rule = rule(key)
        let known = states[key]
        if known == nil {
            guard rule.isTrouble(reading.value) || rule.smoothing > 1 else { return }
            guard states.count < plan.limits.trackedMax else {
                overflowed += 1
                return
            }
        }
        var state = known ?? TroubleState()
        let change = state.take(reading.value, rule, at: now)
        states[key] = state.phase == .quiet && rule.smoothing <= 1 ? nil : state
        switch change {
        case .began(let start): begin(reading, key, rule, state, start, &actions)
        case .ended: resolve(key, &actions)
        case nil: update(reading, key, rule, state, &actions)
        }
    }

    private mutating func begin(
        _ reading: Reading, _ key: Key, _ rule: AlertRule, _ state: TroubleState, _ start: Int64,
        _ actions: inout [AlertAction]
    ) {
        var alert = Alert(
            identity: Alert.Identity(rule: rule.name, subject: key.subject, model: model),
            state: .firing, severity: min(rule.severity, reading.severityMax),
            signal: key.rule < plan.rules.count ? rule.signal.name : "error-budget",
            value: state.value ?? reading.value, threshold: rule.threshold,
            baseline: reading.baseline, window: reading.window, cause: reading.cause,
            runbook: key.rule < plan.rules.count ? rule.signal.runbook : .errorBudget,
            startMillis: start)
        alert.quietedBy = desk.quiet(alert, at: now)
        firing[key] = alert
        desk.put(alert, at: now)
        actions.append(.publish(alert))
    }

    /// Keeps what is known of a firing alert fresh; tells only a change of its severity.
    private mutating func update(
        _ reading: Reading, _ key: Key, _ rule: AlertRule, _ state: TroubleState,
        _ actions: inout [AlertAction]
    ) {
        guard var alert = firing[key] else { return }
        let severity = min(rule.severity, reading.severityMax)
        let hasRisen = severity > alert.severity
        alert.severity = max(severity, alert.severity)
        alert.value = state.value ?? reading.value
        alert.window = reading.window ?? alert.window
        alert.cause = reading.cause ?? alert.cause
        firing[key] = alert
        if hasRisen {
            desk.put(alert, at: now)
            actions.append(.publish(alert))
        } else {
            desk.refresh(alert)
        }
    }

    private mutating func resolve(_ key: Key, _ actions: inout [AlertAction]) {
        guard let alert = firing.removeValue(forKey: key) else { return }
        close(alert, &actions)
    }

    private mutating func close(_ alert: Alert, _ actions: inout [AlertAction]) {
        var alert = alert
        alert.state = .resolved
        alert.endMillis = now
        alert.quietedBy = desk.quiet(alert, at: now)
        desk.put(alert, at: now)
        actions.append(.publish(alert))
    }
}

extension AlertRule {
    /// A burn rate as a rule over the slower of its two windows.
    init(_ objective: Objective, _ burn: BurnRate) {
        let factor = burn.factor == burn.factor.rounded() ? "\(Int(burn.factor))" : "\(burn.factor)"
        self.init(
            name: "\(objective.name)-burns-\(factor)x", signal: .rejects, .above, burn.factor,
            severity: burn.severity)
    }
}
