internal import Features
internal import JSON
internal import Statistics
internal import Usage

/// What an audit says, for people and for scripts.
struct AuditReport {
    let audit: FeatureAudit
    var proof: MaskingProof?
    /// Steps taken by policy.
    var steps: [String] = []

    init(audit: FeatureAudit) { self.audit = audit }

    func text(for terminal: Terminal) -> String {
        let flagged = audit.flagged
        var text = terminal.style("Audit of \(audit.project)", .bold)
        text += ": \(Numerals.grouped(audit.events)) events, model \(audit.model), "
        text += "\(audit.rows.count) features computed, \(flagged.count) could go\n"
        var table = Table([
            ("feature", .left), ("verdict", .left), ("state saved", .right), ("ns", .right),
            ("weighed", .right), ("share", .right), ("missing", .right), ("state", .left),
            ("why", .left),
        ])
        for row in audit.rows {
            table.append([
                row.evidence.name, row.verdict.code, Numerals.bytes(row.cost.savedBytes),
                row.cost.processorText, Self.percent(row.weighedShare),
                Self.percent(row.evidence.share), Self.percent(row.missingShare),
                row.state.rawValue, row.verdict.sentence,
            ])
        }
        text += table.text(for: terminal)
        if !audit.skipped.isEmpty {
            text += "\(audit.skipped.count) features are not computed: "
            text += audit.skipped.prefix(5).joined(separator: ", ")
            text += audit.skipped.count > 5 ? ", …\n" : "\n"
        }
        text += "State in all: \(Numerals.bytes(audit.stateBytes))\n"
        if !audit.seesTwins { text += Self.blindness + "\n" }
        if let proof { text += "\n" + proof.text(for: terminal) }
        if !steps.isEmpty { text += "\n" + steps.joined(separator: "\n") + "\n" }
        return text
    }

    static let blindness =
        "Features that tell the same were not looked for: predictions carry no features "
        + "(`output: {features: true}`, or --events)"

    static func percent(_ share: Double) -> String { Numerals.fixed(100 * share, 2) + " %" }

    var json: JSONValue {
        .object([
            "project": .string(audit.project), "model": .string(audit.model),
            "events": .integer(Int64(audit.events)),
            "state_bytes": .integer(Int64(audit.stateBytes)),
            "features": .array(audit.rows.map(\.json)),
            "skipped": .array(audit.skipped.map { .string($0) }),
            "proof": proof?.json ?? .null, "steps": .array(steps.map { .string($0) }),
        ])
    }
}

extension FeatureAudit.Row {
    /// Events in which it moved the margin.
    var weighedShare: Double {
        Double(evidence.usage?.weighed ?? 0) / Double(max(1, evidence.events))
    }

    var missingShare: Double {
        Double(evidence.summary.missing) / Double(max(1, evidence.summary.events))
    }

    var json: JSONValue {
        let usage = evidence.usage
        return .object([
            "feature": .string(evidence.name), "verdict": .string(verdict.code),
            "why": .string(verdict.sentence), "flagged": .bool(verdict.isFlag),
            "state": .string(state.rawValue), "saved_bytes": .integer(Int64(cost.savedBytes)),
            "nanos": .optional(cost.processor?.nanos),
            "nanos_error": .optional(cost.processor?.standardError),
            "message_bytes": .number(cost.messageBytes),
            "share": .number(evidence.share), "missing": .number(missingShare),
            "present": .integer(Int64(usage?.present ?? 0)),
            "weighed": .integer(Int64(usage?.weighed ?? 0)),
            "top_reasons": .integer(Int64(usage?.topReasons ?? 0)),
            "crossings": .integer(Int64(usage?.crossings ?? 0)),
            "first_use": usage?.firstUseMillis.map { .integer($0) } ?? .null,
            "last_use": usage?.lastUseMillis.map { .integer($0) } ?? .null,
        ])
    }
}

extension Verdict {
    /// The reason, in words.
    var sentence: String {
        switch self {
        case .young(let events): "too little evidence: \(Numerals.grouped(events)) events"
        case .locked: "the project keeps it in"
        case .read(let readers): "read by \(readers.prefix(3).joined(separator: ", "))"
        case .constant(let value): "always \(Numerals.plain(value))"
        case .mostlyMissing(let share): "missing in \(AuditReport.percent(share)) of events"
        case .redundant(let other, let correlation):
            "tells the same as \(other) (correlation \(Numerals.signed(correlation, 4)))"
        case .needed(let others): "for \(others.prefix(3).joined(separator: ", "))"
        case .maskedDrift(let severity):
            "unused, but drifts: \(Numerals.fixed(severity, 1)) times its threshold"
        case .weighedZero: "the model gives it no weight"
        case .hardlyUsed(let share): "\(AuditReport.percent(share)) of what moves scores"
        case .unread: "no model may look at it"
        case .used(let share): "\(AuditReport.percent(share)) of what moves scores"
        }
    }
}
