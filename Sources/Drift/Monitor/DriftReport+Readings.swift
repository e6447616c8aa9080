extension DriftReport {
    /// What rules may watch: for every feature and for the scores the verdict, the measures and
    /// whether the change has a name, and the quality. Features with too few events give no
    /// readings.
    ///
    /// - Parameter window: the span of event time, milliseconds.
    public func readings(window: Range<Int64>?) -> [Reading] {
        var readings: [Reading] = []
        for feature in features {
            feature.append(to: &readings, window, subject: feature.name, .drift) { .measure($0) }
        }
        scores?.append(to: &readings, window, subject: "", .scores) { .scoresMeasure($0) }
        qualityDrift?.append(to: &readings, window)
        return readings + (quality?.readings(window: window) ?? [])
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
    fileprivate func append(
        to readings: inout [Reading], _ window: Range<Int64>?, subject: String,
        _ signal: Signal, measure: (DriftMeasure) -> Signal
    ) {
        guard verdict != .tooFewEvents else { return }
        func add(_ signal: Signal, _ value: Double, baseline: Double? = nil) {
            var reading = Reading(signal, subject: subject, value)
            reading.window = window
            reading.baseline = baseline
            reading.cause = cause
            reading.severityMax = contribution?.isWeighted == false ? .ticket : .page
            readings.append(reading)
        }
        add(signal, verdict.severity, baseline: 0)
        if signal == .drift { add(.anomaly, anomalies.isEmpty ? 0 : 1, baseline: 0) }
        for finding in comparison.findings {
            let counts = significant.contains(finding.measure)
            add(measure(finding.measure), counts ? finding.measured.value : 0, baseline: 0)
        }
    }

    /// Most probably the reason, in words; nil for a difference without a name that moves nothing.
    public var cause: String? {
        if !anomalies.isEmpty {
            return anomalies.map { "\($0.name): \($0.sentence)" }.joined(separator: "; ")
        }
        guard verdict.isDrift else { return nil }
        if isMasked { return "the values changed; the model does not weigh them" }
        guard let contribution, contribution.change != 0 else { return nil }
        let change = (contribution.change * 1_000).rounded() / 1_000
        return "the values changed, and moved the mean margin by \(change)"
    }
}
