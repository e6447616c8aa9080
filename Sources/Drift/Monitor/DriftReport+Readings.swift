extension DriftReport {
    /// What rules may watch: for every feature and for the scores the verdict, the measures and
    /// whether the change has a name, and the quality. Features with too few events, and those
    /// whose windows still fill, give no readings.
    ///
    /// - Parameter window: the span of event time, milliseconds.
    public func readings(window: Range<Int64>?) -> [Reading] {
        var readings: [Reading] = []
        let followed = Set(
            features.filter { $0.contribution?.isWeighted != false }.compactMap(\.follows))
        for feature in features where !feature.isFilling {
            feature.append(
                to: &readings, window, subject: feature.name, .drift,
                isFollowed: followed.contains(feature.name)
            ) { .measure($0) }
        }
        let first = readings.count
        scores?.append(to: &readings, window, subject: "", .scores) { .scoresMeasure($0) }
        if !filling.isEmpty {
            let cause = "the windows of \(filling.joined(separator: ", ")) still fill"
            for place in first..<readings.count {
                readings[place].severityMax = .ticket
                readings[place].cause = readings[place].cause.map { "\($0); \(cause)" }
            }
        }
        qualityDrift?.append(to: &readings, window)
        readings += quality?.readings(window: window, promisesHold: promisesHold) ?? []
        let cause = explanation?.sentence
        for place in readings.indices.dropFirst(first) where readings[place].cause == nil {
            readings[place].cause = cause
        }
        return readings
    }
}

extension QualityDrift {
    fileprivate func append(to readings: inout [Reading], _ window: Range<Int64>?) {
        guard verdict != .tooFewEvents else { return }
        func add(_ signal: Signal, _ value: Double) {
            var reading = Reading(signal, value)
            reading.window = window
            reading.baseline = 0
            reading.cause = cause
            readings.append(reading)
        }
        add(.qualityDrift, verdict.severity)
        for finding in comparison.findings {
            let counts = significant.contains(finding.measure)
            add(.qualityMeasure(finding.measure), counts ? finding.measured.value : 0)
        }
    }
}

extension DriftReport.Feature {
    /// - Parameter isFollowed: whether something that counts is made of it.
    fileprivate func append(
        to readings: inout [Reading], _ window: Range<Int64>?, subject: String,
        _ signal: Signal, isFollowed: Bool = false, measure: (DriftMeasure) -> Signal
    ) {
        guard verdict != .tooFewEvents else { return }
        let isMasked = contribution?.isWeighted == false
        func add(_ signal: Signal, _ value: Double, baseline: Double? = nil) {
            var reading = Reading(signal, subject: subject, value)
            reading.window = window
            reading.baseline = baseline
            reading.cause = cause
            reading.severityMax =
                isMasked && !(isFollowed && signal == .anomaly) ? .ticket : .page
            readings.append(reading)
        }
        add(signal, verdict.severity, baseline: 0)
        if signal == .drift { add(.anomaly, anomalies.isEmpty ? 0 : 1, baseline: 0) }
        for finding in comparison.findings {
            let counts = significant.contains(finding.measure)
            add(measure(finding.measure), counts ? finding.measured.value : 0, baseline: 0)
        }
    }

    /// Most probably the reason, in words; nil without drift and without a name.
    public var cause: String? {
        if !anomalies.isEmpty {
            return anomalies.map { "\($0.name): \($0.sentence)" }.joined(separator: "; ")
        }
        guard case .drift(let excesses) = verdict else { return nil }
        let measure = excesses.first.map { "\($0.sentence): " } ?? ""
        return measure + reason
    }

    /// Of a difference without a name.
    private var reason: String {
        if let follows { return "follows `\(follows)`, which has a named change" }
        if isMasked { return "the values changed; the model does not weigh them" }
        guard let contribution, contribution.change != 0 else { return "the values changed" }
        let change = (contribution.change * 1_000).rounded() / 1_000
        return "the values changed, and moved the mean margin by \(change)"
    }
}

extension DriftVerdict.Excess {
    /// `PSI 2.3, limit 0.25`
    fileprivate var sentence: String {
        "\(measure.title) \(value.threeDecimals), limit \(threshold.threeDecimals)"
    }
}

extension DriftReport.Explanation {
    private static let partsMax = 3

    /// What moved the mean margin most, in words; nil if nothing did.
    fileprivate var sentence: String? {
        guard !parts.isEmpty else { return nil }
        let texts = parts.prefix(Self.partsMax).map {
            "\($0.feature) by \($0.change.threeDecimals)"
        }
        return "the mean margin was moved most by " + texts.joined(separator: ", ")
    }
}

extension Double {
    /// As people read it.
    var threeDecimals: String {
        guard isFinite, abs(self) < 1e12 else { return "\(self)" }
        let scaled = (self * 1_000).rounded() / 1_000
        return scaled == scaled.rounded() ? "\(Int64(scaled))" : "\(scaled)"
    }
}
