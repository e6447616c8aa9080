internal import Features
internal import JSON
internal import Model
internal import Project
internal import Training

/// What it would have meant to be without some features over a period: two replays, event by
/// event.
struct MaskingProof {
    let features: [String]
    let events: UInt64
    /// Whether both replays scored with one fixed model, or each learned its own.
    let isFixedModel: Bool
    /// |difference| of the scores: mean, greatest, and how many differ at all.
    let meanChange: Double
    let greatestChange: Double
    let changed: Int
    /// Events on another side of `threshold`.
    let flips: Int
    let threshold: Double?
    let labelled: Int
    let area: Measure?
    let averagePrecision: Measure?
    let cpuSecondsBefore: Double
    let cpuSecondsAfter: Double
    let bytesBefore: Int
    let bytesAfter: Int

    /// A measure of quality, with and without, and how sure the difference is.
    struct Measure {
        let before: Double
        let after: Double
        /// 95 %: Student's t over the differences in `blocks` interleaved parts of the events.
        let change: ClosedRange<Double>
    }

    private static let blocks = 20
    /// The 97.5 % quantile of Student's t with 19 degrees of freedom.
    private static let studentQuantile = 2.093

    init(_ file: ProjectFile, _ source: ReplaySource, _ features: [String]) throws {
        let masked = Set(features)
        let before = try AuditedReplay(file, source, keepsScores: true, progress: "with")
        var fixed: SparseModel?
        if before.isFixedModel {
            let after = try file.plan(masked: masked)
            fixed = before.model.mapped(to: after.space) { index in
                Self.place(of: index, in: before.plan, mappedTo: after)
            }
        }
        let after = try AuditedReplay(
            file, source, masked: masked, model: fixed, keepsScores: true, progress: "without")
        self.features = features
        events = before.events
        isFixedModel = before.isFixedModel
        threshold = file.model.threshold ?? file.model.loss.auditThreshold
        (cpuSecondsBefore, cpuSecondsAfter) = (before.cpuSeconds, after.cpuSeconds)
        (bytesBefore, bytesAfter) = (before.stateBytes, after.stateBytes)
        var (sum, greatest, changed, flips) = (0.0, 0.0, 0, 0)
        let limit = threshold.map { Float($0) } ?? .infinity
        for (a, b) in zip(before.scores, after.scores) {
            let change = Double(abs(a - b))
            sum += change
            greatest = max(greatest, change)
            changed += change > 0 ? 1 : 0
            flips += (a >= limit) == (b >= limit) ? 0 : 1
        }
        meanChange = sum / Double(max(1, before.scores.count))
        (greatestChange, self.changed, self.flips) = (greatest, changed, flips)
        labelled = before.judged.count
        area = Self.measure(before.judged, after.judged) { $0.rocArea }
        averagePrecision = Self.measure(before.judged, after.judged) { $0.averagePrecision }
    }

    /// The index of the same feature, and the same bucket, in another plan.
    private static func place(
        of index: UInt32, in plan: FeaturePlan, mappedTo other: FeaturePlan
    ) -> UInt32? {
        let input = plan.input(of: index)
        guard let place = other.inputs.firstIndex(of: plan.inputs[input]) else { return nil }
        let offset = Int(index) - plan.indices(ofInput: input).lowerBound
        return UInt32(other.indices(ofInput: place).lowerBound + offset)
    }

    private static func measure(
        _ before: ScoredLabels, _ after: ScoredLabels, _ value: (ScoredLabels) -> Double?
    ) -> Measure? {
        guard before.count == after.count, let a = value(before), let b = value(after) else {
            return nil
        }
        var differences: [Double] = []
        for block in 0..<blocks {
            guard let a = value(part(before, block)), let b = value(part(after, block)) else {
                return nil
            }
            differences.append(b - a)
        }
        let mean = differences.reduce(0, +) / Double(blocks)
        let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares / Double(blocks - 1) / Double(blocks)).squareRoot()
        let reach = studentQuantile * error
        return Measure(before: a, after: b, change: (b - a - reach)...(b - a + reach))
    }

    private static func part(_ labels: ScoredLabels, _ block: Int) -> ScoredLabels {
        var part = ScoredLabels()
        for index in stride(from: block, to: labels.count, by: blocks) {
            part.append(score: labels.scores[index], label: labels.labels[index])
        }
        return part
    }
}

extension MaskingProof {
    /// What was compared, and over what.
    var title: String {
        "Proof without \(features.joined(separator: ", ")): \(Numerals.grouped(events)) events, "
            + (isFixedModel ? "one fixed model" : "each replay learning its own model")
    }

    func text(for terminal: Terminal) -> String {
        var table = Table([("", .left), ("", .left)])
        for (name, value) in findings { table.append([name, value]) }
        return terminal.style(title, .bold) + table.text(for: terminal, indent: 2)
    }

    var findings: [(name: String, value: String)] {
        var findings = [
            ("scores that differ", Numerals.grouped(changed)),
            (
                "difference of scores",
                "mean \(Numerals.plain(meanChange)), greatest \(Numerals.plain(greatestChange))"
            ),
        ]
        if let threshold {
            findings.append(("decisions that flip at \(threshold)", Numerals.grouped(flips)))
        }
        for (name, measure) in [("AUC", area), ("average precision", averagePrecision)] {
            guard let measure else { continue }
            findings.append(
                (
                    name,
                    "\(Numerals.fixed(measure.before, 4)) → \(Numerals.fixed(measure.after, 4)), "
                        + "change \(Numerals.signed(measure.change.lowerBound, 4)) to "
                        + "\(Numerals.signed(measure.change.upperBound, 4)) (95 %)"
                ))
        }
        let cpu = Self.percent(cpuSecondsBefore, cpuSecondsAfter)
        findings.append(
            (
                "CPU",
                "\(Numerals.duration(cpuSecondsBefore)) → \(Numerals.duration(cpuSecondsAfter)) "
                    + "(\(cpu); one run each)"
            ))
        let state = Self.percent(Double(bytesBefore), Double(bytesAfter))
        findings.append(
            ("state", "\(Numerals.bytes(bytesBefore)) → \(Numerals.bytes(bytesAfter)) (\(state))"))
        return findings
    }

    private static func percent(_ before: Double, _ after: Double) -> String {
        before > 0 ? Numerals.signed(100 * (after / before - 1), 1) + " %" : "–"
    }

    var json: JSONValue {
        func measure(_ measure: Measure?) -> JSONValue {
            guard let measure else { return .null }
            return .object([
                "before": .number(measure.before), "after": .number(measure.after),
                "change_low": .number(measure.change.lowerBound),
                "change_high": .number(measure.change.upperBound),
            ])
        }
        return .object([
            "features": .array(features.map { .string($0) }), "events": .integer(Int64(events)),
            "fixed_model": .bool(isFixedModel), "scores_changed": .integer(Int64(changed)),
            "mean_change": .number(meanChange), "greatest_change": .number(greatestChange),
            "threshold": .optional(threshold), "flips": .integer(Int64(flips)),
            "labelled": .integer(Int64(labelled)), "auc": measure(area),
            "average_precision": measure(averagePrecision),
            "cpu_seconds_before": .number(cpuSecondsBefore),
            "cpu_seconds_after": .number(cpuSecondsAfter),
            "state_bytes_before": .integer(Int64(bytesBefore)),
            "state_bytes_after": .integer(Int64(bytesAfter)),
        ])
    }
}
