public import Statistics

/// All that is known of one feature when it is judged.
public struct FeatureEvidence: Sendable {
    public var name: String
    /// Over the whole period.
    public var summary: FeatureSummary
    /// How many times the threshold its last window is from those before, where the comparison
    /// calls that drift; else nil.
    public var drift: Double?
    /// Nil when it is no input of the model.
    public var usage: UsageCounts?
    /// Its part of everything that moved margins, 0 to 1.
    public var share = 0.0
    /// Whether the model weighs it now.
    public var isWeighed = false
    /// The penalty's factor is 0, or the project says so: it stays.
    public var isLocked = false
    /// Who reads it besides the model.
    public var readers: [String] = []
    /// Features that are computed from it.
    public var neededBy: [String] = []
    /// A feature that tells the same and is kept, with their correlation.
    public var twin: (name: String, correlation: Double)?
    /// Events over which all this was counted.
    public var events: UInt64 = 0

    public init(name: String, summary: FeatureSummary) {
        self.name = name
        self.summary = summary
    }
}

/// From which evidence on a feature is judged, and how strictly.
public struct AuditLimits: Equatable, Sendable {
    /// With fewer events nothing is said.
    public var eventsMin: UInt64 = 1_000
    /// A share of missing values from which a feature is mostly missing.
    public var missingShareMin = 0.95
    /// |correlation| from which two features tell the same.
    public var correlationMin = 0.99
    /// A share of all movement below which a weighed feature is hardly used.
    public var shareMin = 1e-3

    public init() {}
}
