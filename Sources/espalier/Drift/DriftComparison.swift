internal import Drift
internal import JSON
internal import Model

/// Two periods compared, and what they were.
struct DriftComparison {
    let project: String
    let before: PeriodProfiles
    let now: PeriodProfiles
    let model: String
    let report: DriftReport
    private let policy: DriftPolicy

    /// - Parameters:
    ///   - weights: of the model that scored last; empty for one that weighs nothing.
    ///   - model: the one that scored last.
    ///   - lineage: of the model's inputs.
    ///   - only: features that are shown; empty for all.
    init(
        project: String, before: PeriodProfiles, now: PeriodProfiles, policy: DriftPolicy,
        weights: [String: FeatureWeight], model: SparseModel, lineage: FeatureLineage,
        only: Set<String>
    ) {
        self.project = project
        self.before = before
        self.now = now
        self.model = model.version
        self.policy = policy
        var features = zip(before.profiles, now.profiles).map {
            (name: $0.name, baseline: $0.profile, window: $1.profile)
        }
        let scores = features.popLast()
        var report = DriftReport(
            features, policy: policy, weights: weights.isEmpty ? nil : weights,
            scores: weights.isEmpty ? nil : scores.map { ($0.baseline, $0.window) },
            quality: weights.isEmpty
                ? nil : QualityPair(baseline: before.judged, window: now.judged),
            lineage: lineage)
        if model.loss == .logistic, let scores = report.scores {
            report.quality = QualityReport(
                expected: ExpectedQuality(scores: scores.window.distribution),
                baseline: ExpectedQuality(scores: scores.baseline.distribution))
        }
        if !only.isEmpty { report.keep(only) }
        self.report = report
    }

    /// What a build should stop for.
    var gateBreakers: [String] {
        let features = report.drifting.filter { !$0.isMasked }.map(\.name)
        let scores = report.scores?.verdict.isDrift == true ? ["scores"] : []
        let quality = report.qualityDrift?.verdict.isDrift == true ? ["quality"] : []
        return features + named + scores + quality
    }

    /// Changes with a name that are too slight for drift, of features that the model weighs.
    private var named: [String] {
        report.features.filter {
            !$0.verdict.isDrift && !$0.anomalies.isEmpty && $0.contribution?.isWeighted != false
        }.map(\.name)
    }

    /// From what on a measure is drift; nil for one that does not decide.
    func threshold(_ measure: DriftMeasure) -> Double? { policy.thresholds[measure] }

    var breaksGate: Bool { !gateBreakers.isEmpty }

    private static func span(_ period: PeriodProfiles) -> Range<Int64>? {
        period.seen.map { $0.lowerBound..<$0.upperBound + 1 }
    }

    var json: JSONValue {
        let subject = DriftSubject(
            project: project, model: model, baseline: Self.span(before), window: Self.span(now))
        return report.json(of: subject, all: true)
    }
}

// MARK: For people

extension DriftComparison {
    func text(for terminal: Terminal) -> String {
        let count = report.drifting.count
        var text = terminal.style(project, .bold) + ": \(headline)"
        text += "\n  baseline  \(Self.describe(before))\n  window    \(Self.describe(now))\n"
        if count > 0 { text += "\n" + driftTable.text(for: terminal) }
        let named = report.features.filter { !$0.anomalies.isEmpty }
        if !named.isEmpty {
            text += "\n" + terminal.style("What it looks like", .bold) + "\n"
            for feature in named {
                let causes = feature.anomalies.map { "\($0.name), \($0.sentence)" }
                text += "  \(feature.name): \(causes.joined(separator: "; "))\n"
            }
        }
        return text + scoresText(terminal) + qualityText(terminal) + countsText
    }

    /// What a reader wants to know first.
    var headline: String {
        let count = report.drifting.count
        guard report.judgedCount > 0 else {
            return "nothing was judged, as both spans need "
                + "\(Numerals.grouped(Int(policy.eventsMin))) events"
        }
        return count == 0
            ? "no feature drifts" : "\(count) of \(report.features.count) features drift"
    }

    static func describe(_ period: PeriodProfiles) -> String {
        let events = "\(Numerals.grouped(period.events)) events"
        guard let seen = period.seen else { return events }
        return "\(CalendarTime(millis: seen.lowerBound).text) to "
            + "\(CalendarTime(millis: seen.upperBound).text), \(events)"
    }

    private var driftTable: Table {
        var table = Table([
            ("feature", .left), ("by", .left), ("is", .right), ("limit", .right),
            ("mean before", .right), ("mean now", .right), ("moves margin", .right), ("", .left),
        ])
        for feature in report.drifting {
            guard case .drift(let excesses) = feature.verdict, let first = excesses.first else {
                continue
            }
            table.append([
                feature.name, first.measure.title, Self.short(first.value),
                Self.short(first.threshold), Self.short(feature.baseline.mean),
                Self.short(feature.window.mean),
                feature.contribution.map { Numerals.signed($0.change, 3) } ?? "–",
                feature.isMasked ? "masked" : "",
            ])
        }
        return table
    }

    /// About four digits.
    static func short(_ value: Double) -> String {
        switch abs(value) {
        case 1_000...: Numerals.fixed(value, 0)
        case 10...: Numerals.fixed(value, 1)
        default: Numerals.fixed(value, 3)
        }
    }

    private func scoresText(_ terminal: Terminal) -> String {
        guard let scores = report.scores else { return "" }
        var text = "\n" + terminal.style("Scores", .bold) + ": \(Self.words(scores.verdict))"
        text += ", mean \(Numerals.fixed(scores.baseline.mean, 4)) before, "
        text += "\(Numerals.fixed(scores.window.mean, 4)) now\n"
        if let before = report.quality?.baseline, let now = report.quality?.expected {
            text += "  if they are calibrated: \(Self.words(before)) before, "
            text += "\(Self.words(now)) now"
            text += report.promisesHold ? "\n" : " (not while scores move)\n"
        }
        if let parts = report.explanation?.parts.prefix(3), !parts.isEmpty {
            let changes = parts.map { "\($0.feature) \(Numerals.signed($0.change, 3))" }
            text += "  the mean margin moved most by \(changes.joined(separator: ", "))\n"
        }
        return text
    }

    private func qualityText(_ terminal: Terminal) -> String {
        guard let quality = report.qualityDrift else { return "" }
        return terminal.style("Quality against labels", .bold)
            + ": \(Self.words(quality.verdict)), \(Self.words(quality))\n"
    }

    static func words(_ quality: QualityDrift) -> String {
        func part(_ tally: QualityTally) -> String {
            "AUC \(Numerals.fixed(tally.rocArea?.value, 3)), mean loss "
                + "\(Numerals.fixed(tally.meanLoss?.value, 4)) of "
                + "\(Numerals.grouped(Int(tally.count))) labels"
        }
        return "\(part(quality.baseline)) before, \(part(quality.window)) now"
    }

    static func words(_ quality: ExpectedQuality) -> String {
        "AUC \(Numerals.fixed(quality.rocArea, 3)), log loss \(Numerals.fixed(quality.logLoss, 4))"
    }

    static func words(_ verdict: DriftVerdict) -> String {
        switch verdict {
        case .tooFewEvents: "too few events to tell"
        case .notDistinguishable: "no difference to be seen"
        case .slight: "a slight difference"
        case .drift: "drift"
        }
    }

    private var countsText: String {
        func count(_ name: String) -> Int { report.features.count { $0.verdict.name == name } }
        var parts = ["\(count("slight")) differ slightly"]
        parts.append("\(count("not-distinguishable")) show no difference")
        if count("too-few-events") > 0 {
            parts.append("\(count("too-few-events")) have too few events")
        }
        return "\nOf the others, \(parts.joined(separator: ", ")).\n"
    }
}
