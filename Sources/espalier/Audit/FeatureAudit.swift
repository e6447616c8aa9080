internal import Features
internal import Project
internal import Statistics
internal import Usage

/// The audit of all features of a project over a period.
struct FeatureAudit {
    /// One feature with what is known and said of it.
    struct Row {
        let evidence: FeatureEvidence
        let verdict: Verdict
        let state: PruningState
        let cost: FeatureCost

        /// Whether the project or a reader keeps it, whatever the evidence.
        var isWanted: Bool { evidence.isLocked || !evidence.readers.isEmpty }
    }

    let project: String
    let model: String
    let events: UInt64
    let stateBytes: Int
    /// Whether features that tell the same could be found.
    let seesTwins: Bool
    /// What could be saved first.
    let rows: [Row]
    let skipped: [String]

    init(
        _ file: ProjectFile, _ material: AuditMaterial, _ log: PruningLog,
        limits: AuditLimits = AuditLimits()
    ) throws {
        let plan = material.plan
        let twins = Self.twins(material, limits)
        let moved = material.moved
        let messageBytes = file.output.hasFeatures ? material.sample : nil
        var rows: [Row] = []
        for feature in material.features {
            let name = feature.name
            var evidence = FeatureEvidence(name: name, summary: feature.summary)
            evidence.drift = feature.drift
            evidence.usage = feature.usage
            evidence.isWeighed = feature.isWeighed
            if let usage = feature.usage, moved > 0 { evidence.share = usage.moved / moved }
            evidence.twin = twins[name]
            evidence.isLocked = file.keepsIn(name)
            evidence.readers = Set(file.readers(of: name)).union(feature.consumers).sorted()
            evidence.neededBy = Self.usedBy(name, material)
            evidence.events = material.events
            var cost = FeatureCost(
                savedBytes: try Self.savedBytes(name, file, material),
                processor: material.meter?.cost(of: name))
            if let input = plan.inputs.firstIndex(of: name) {
                cost.messageBytes = messageBytes?.textBytes(of: input, named: name) ?? 0
            }
            rows.append(
                Row(
                    evidence: evidence, verdict: Verdict(evidence, limits: limits),
                    state: log.state(of: name), cost: cost))
        }
        project = file.name
        model = material.model
        events = material.events
        stateBytes = material.stateBytes
        seesTwins = material.sample != nil
        self.rows = rows.sorted(by: Self.precedes)
        skipped = plan.features.filter { $0.need == .skipped }.map(\.name)
    }

    var flagged: [Row] { rows.filter(\.verdict.isFlag) }

    /// Flags first, then by bytes saved, by share, by name.
    private static func precedes(_ a: Row, _ b: Row) -> Bool {
        if a.verdict.isFlag != b.verdict.isFlag { return a.verdict.isFlag }
        let (x, y) = (a.evidence, b.evidence)
        let (saved, other) = (a.cost.savedBytes, b.cost.savedBytes)
        if saved != other { return saved > other }
        if x.share != y.share { return a.verdict.isFlag ? x.share < y.share : x.share > y.share }
        return x.name < y.name
    }

    /// Of two that tell the same, the one that moves the score less goes; of equals the later one.
    private static func twins(
        _ material: AuditMaterial, _ limits: AuditLimits
    ) -> [String: (name: String, correlation: Double)] {
        let inputs = material.plan.inputs
        let moved = Dictionary(
            uniqueKeysWithValues: material.features.map { ($0.name, $0.usage?.moved ?? 0) })
        let pairs = material.sample?.correlated(atLeast: limits.correlationMin) ?? []
        func goesBefore(_ a: Int, _ b: Int) -> Bool {
            let (x, y) = (moved[inputs[a]] ?? 0, moved[inputs[b]] ?? 0)
            return x != y ? x < y : a > b
        }
        var twins: [String: (name: String, correlation: Double)] = [:]
        for pair in pairs {
            let firstGoes = goesBefore(pair.first, pair.second)
            let (goes, stays) =
                firstGoes ? (pair.first, pair.second) : (pair.second, pair.first)
            let known = twins[inputs[goes]].flatMap { inputs.firstIndex(of: $0.name) }
            if known.map({ goesBefore($0, stays) }) ?? true {
                twins[inputs[goes]] = (inputs[stays], pair.correlation)
            }
        }
        return twins
    }

    /// Features that are used and computed from this one.
    private static func usedBy(_ name: String, _ material: AuditMaterial) -> [String] {
        let used = Set(material.features.filter { $0.usage?.weighed ?? 0 > 0 }.map(\.name))
        return material.plan.dependents(of: name).filter(used.contains)
    }

    private static func savedBytes(
        _ name: String, _ file: ProjectFile, _ material: AuditMaterial
    ) throws -> Int {
        guard !material.plan.stateCosts.isEmpty else { return 0 }
        let without = try file.plan(masked: [name])
        return material.plan.bytesSaved(by: without, at: material.state)
    }
}

/// What a feature takes of the machine.
struct FeatureCost {
    /// Bytes of state that go when only it goes; what it shares with others stays.
    var savedBytes = 0
    /// Evaluating it once; nil where that was not measured.
    var processor: FeatureMeter.Cost?
    /// Its name and value in a prediction that carries features, on average.
    var messageBytes = 0.0

    /// `12.3 ± 0.2`, nanoseconds.
    var processorText: String {
        guard let processor else { return "–" }
        let error = processor.standardError.map { " ± \(Numerals.fixed($0, 1))" } ?? ""
        return Numerals.fixed(processor.nanos, 1) + error
    }
}
