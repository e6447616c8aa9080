public import Bytes

/// What an engine knows, as a frame of kind `alertEngine`, version 2; rules and objectives are
/// stored by name, so that a plan may change between two runs:
///
///     | model text | now? i64 | overflowed u64 |
///     | troubles n u64 | n × (rule text | subject text | state | fires u8 | [alert]) |
///     | budgets n u64 | n × (objective text | budget) |
///     | groups n u64 | n × group of the desk |
extension AlertEngine {
    static let version: UInt16 = 2

    /// Appends the frame.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.alertEngine, version: Self.version) { payload in
            payload.append(counted: model)
            payload.append(optional: now == .min ? nil : now)
            payload.append(fixed: overflowed)
            append(troublesTo: &payload)
            payload.append(count: budgets.count)
            for (objective, budget) in zip(plan.objectives, budgets) {
                payload.append(counted: objective.name)
                budget.append(to: &payload)
            }
            desk.append(to: &payload)
        }
    }

    private func append(troublesTo payload: inout ByteWriter) {
        let keys = Set(states.keys).union(firing.keys).sorted(by: Self.precedes)
        payload.append(count: keys.count + retired.count)
        for key in keys {
            payload.append(counted: rule(key).name)
            payload.append(counted: key.subject)
            (states[key] ?? TroubleState()).append(to: &payload)
            payload.append(fixed: UInt8(firing[key] == nil ? 0 : 1))
            firing[key]?.append(to: &payload)
        }
        for alert in retired {
            payload.append(counted: alert.identity.rule)
            payload.append(counted: alert.identity.subject)
            TroubleState().append(to: &payload)
            payload.append(fixed: UInt8(1))
            alert.append(to: &payload)
        }
    }

    /// Takes in the frame at the front of what is left, into an engine that has seen nothing. What
    /// fired of a rule that the plan no longer has is over at the next look.
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) {
        let frame = try Frame(reader.rest, kind: .alertEngine, newestVersion: Self.version)
        var payload = ByteReader(frame.payload)
        var restored = self
        restored.model = try payload.readText("model", bytesMax: Alert.textBytesMax)
        restored.now = try payload.readOptionalMoment("now") ?? .min
        restored.overflowed = try payload.readTally("overflowed")
        try restored.restore(troublesFrom: &payload)
        for _ in 0..<(try payload.readCount("budgets", itemBytes: 4)) {
            let name = try payload.readText("objective", bytesMax: Alert.textBytesMax)
            let budget = try ErrorBudget(from: &payload)
            guard let place = plan.objectives.firstIndex(where: { $0.name == name }) else {
                continue
            }
            restored.budgets[place] = budget
        }
        try restored.desk.restore(from: &payload, version: frame.version)
        try payload.end()
        try reader.skip(frame.byteCount)
        self = restored
    }

    private mutating func restore(
        troublesFrom payload: inout ByteReader
    ) throws(FormatError) {
        let rules = plan.rules.map(\.name) + burnRules.map(\.rule.name)
        let places = Dictionary(
            rules.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for _ in 0..<(try payload.readCount("troubles", itemBytes: 8)) {
            let start = payload.offset
            let rule = try payload.readText("rule", bytesMax: Alert.textBytesMax)
            let subject = try payload.readText("subject", bytesMax: Alert.textBytesMax)
            let state = try TroubleState(from: &payload)
            let alert = try payload.readFlag("fires") ? Alert(from: &payload) : nil
            guard (state.firingSinceMillis != nil) == (alert != nil) || places[rule] == nil else {
                throw .invalid(field: "trouble", at: start)
            }
            guard let place = places[rule], states.count < plan.limits.trackedMax else {
                if let alert { retired.append(alert) }
                continue
            }
            let key = Key(rule: place, subject: subject)
            states[key] = state
            firing[key] = alert
        }
    }
}

/// A trouble's state:
///
///     | phase u8: 0 quiet, 1 pending, 2 firing, 3 clearing | since i64 | clear i64 | value? f64 |
///     | seen? i64 |
extension TroubleState {
    func append(to writer: inout ByteWriter) {
        let (code, since, clear): (UInt8, Int64, Int64) =
            switch phase {
            case .quiet: (0, 0, 0)
            case .pending(let since): (1, since, 0)
            case .firing(let since): (2, since, 0)
            case .clearing(let since, let clear): (3, since, clear)
            }
        writer.append(fixed: code)
        writer.append(fixed: since)
        writer.append(fixed: clear)
        writer.append(optional: value)
        writer.append(optional: seenMillis == .min ? nil : seenMillis)
    }

    init(from reader: inout ByteReader) throws(FormatError) {
        let start = reader.offset
        let code = try reader.readUInt8()
        let (since, clear) = (try reader.readMoment("since"), try reader.readMoment("clear"))
        switch code {
        case 0: phase = .quiet
        case 1: phase = .pending(sinceMillis: since)
        case 2: phase = .firing(sinceMillis: since)
        case 3: phase = .clearing(sinceMillis: since, clearMillis: clear)
        default: throw .invalid(field: "phase", at: start)
        }
        value = try reader.readOptionalDouble("value")
        seenMillis = try reader.readOptionalMoment("seen") ?? 0
    }
}
