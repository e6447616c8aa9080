internal import Sketches
internal import Statistics

/// What the audit says of a feature; the first that holds, in this order.
public enum Verdict: Equatable, Sendable {
    /// Too few events, or too few that the model weighed it in.
    case young(events: UInt64)
    /// The project keeps it in.
    case locked
    /// Someone outside the model reads it.
    case read(by: [String])
    /// Never more than one value.
    case constant(value: Double)
    case mostlyMissing(share: Double)
    /// Another feature tells the same.
    case redundant(with: String, correlation: Double)
    /// Another feature that is used is computed from it.
    case needed(by: [String])
    /// Unused, but it drifts, by so many times the threshold: it may be wanted soon.
    case maskedDrift(severity: Double)
    /// The model may look at it and gives it no weight.
    case weighedZero
    /// Its weight moves next to nothing.
    case hardlyUsed(share: Double)
    /// No model may look at it, and nothing else asks for it.
    case unread
    case used(share: Double)

    /// The word for it in tables and messages.
    public var code: String {
        switch self {
        case .young: "young"
        case .locked: "locked"
        case .read: "read"
        case .constant: "constant"
        case .mostlyMissing: "mostly-missing"
        case .redundant: "redundant"
        case .needed: "needed"
        case .maskedDrift: "masked-drift"
        case .weighedZero: "weighed-zero"
        case .hardlyUsed: "hardly-used"
        case .unread: "unread"
        case .used: "used"
        }
    }

    /// Whether it could go.
    public var isFlag: Bool {
        switch self {
        case .constant, .mostlyMissing, .redundant, .weighedZero, .hardlyUsed, .unread: true
        case .young, .locked, .read, .needed, .maskedDrift, .used: false
        }
    }

    /// Judges by evidence alone; the same evidence gives the same verdict.
    public init(_ evidence: FeatureEvidence, limits: AuditLimits = AuditLimits()) {
        let summary = evidence.summary
        let missing = Double(summary.missing) / Double(max(1, summary.events))
        let weighed = evidence.usage?.weighed ?? 0
        if summary.events < limits.eventsMin {
            self = .young(events: summary.events)
        } else if evidence.isLocked {
            self = .locked
        } else if !evidence.readers.isEmpty {
            self = .read(by: evidence.readers)
        } else if missing < 1, Self.isConstant(summary) {
            self = .constant(value: summary.last?.value ?? .nan)
        } else if missing >= limits.missingShareMin {
            self = .mostlyMissing(share: missing)
        } else if let twin = evidence.twin {
            self = .redundant(with: twin.name, correlation: twin.correlation)
        } else if !evidence.neededBy.isEmpty {
            self = .needed(by: evidence.neededBy)
        } else if evidence.isWeighed, weighed < limits.eventsMin {
            self = .young(events: weighed)
        } else if evidence.isWeighed, evidence.share >= limits.shareMin {
            self = .used(share: evidence.share)
        } else if let severity = evidence.drift {
            self = .maskedDrift(severity: severity)
        } else if evidence.isWeighed {
            self = .hardlyUsed(share: evidence.share)
        } else {
            self = evidence.usage == nil ? .unread : .weighedZero
        }
    }

    /// One value throughout, and never missing, which would be a second one.
    private static func isConstant(_ summary: FeatureSummary) -> Bool {
        guard summary.missing == 0, summary.nonFinite == 0 else { return false }
        if summary.moments.count > 0 { return summary.moments.min == summary.moments.max }
        return summary.frequent.entries().count == 1 && summary.frequent.countError == 0
    }
}
