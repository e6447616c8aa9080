internal import Bytes
public import Drift
internal import Features
internal import JSON
internal import Model
internal import Statistics
internal import Training

/// Between batches: windows that have closed become messages of drift, readings and alerts.
extension EventPipeline {
    /// Compares what has closed, and raises and ends alerts.
    ///
    /// - Parameters:
    ///   - now: milliseconds of the clock that alerts keep to: the wall's where the stream is live,
    ///     and when the journal got them for records that are stepped again.
    ///   - partition: whose task this is, where each has one of its own: alerts of several tasks
    ///     are told apart by it.
    ///   - readings: what only the caller knows, such as lag.
    ///   - counts: events of objectives that only the caller knows, such as those over latency.
    ///   - outbox: gets messages of drift and of alerts.
    /// - Returns: what receivers are to be told.
    public mutating func tick(
        now: Int64, partition: Int? = nil, readings: [Reading] = [],
        counts: [ObjectiveCount] = [], into outbox: inout Outbox
    ) -> [AlertNotification] {
        guard var watch else { return [] }
        var links = watch.settings.links
        links.partition = partition
        // Held here alone while it changes, so that nothing of it is copied.
        self.watch = nil
        let actions = look(
            &watch, links, now: now, readings: readings, counts: counts, into: &outbox)
        let notifications = publish(actions, links: links, now: now, into: &outbox)
        self.watch = watch
        return notifications
    }

    private mutating func look(
        _ watch: inout PipelineWatch, _ links: AlertLinks, now: Int64, readings: [Reading],
        counts: [ObjectiveCount], into outbox: inout Outbox
    ) -> [AlertAction] {
        var actions = watch.engine.setModel(alertedModel, at: now)
        watch.monitor.use(model.baseline, of: model.version)
        for pane in watch.takeClosed() {
            let outcome = watch.monitor.close(
                pane.span, pane.features, weights: slopes, scores: pane.scores)
            guard var report = outcome.report else { continue }
            report.quality = quality(outcome, watch)
            publish(report, outcome, links: links, into: &outbox)
            let found = report.readings(window: outcome.window) + traffic(outcome)
            watch.reliability = Reliability()
            (watch.lossRose, watch.scoresMoved) = (false, false)
            actions += watch.engine.observe(found, at: now)
        }
        actions += watch.engine.observe(readings + statusReadings(watch, now: now), at: now)
        actions += countObjectives(&watch, now: now)
        for count in counts {
            actions += watch.engine.count(
                events: count.events, bad: count.bad, objective: count.objective, at: now)
        }
        watch.last = (self.counts.events, self.counts.rejected)
        return actions + watch.engine.advance(to: now)
    }

    /// Takes over what fires and who knows of it from a pipeline that this one replaces.
    public mutating func takeAlerts(of other: borrowing EventPipeline) {
        guard let engine = other.watch?.engine else { return }
        watch?.engine = engine
    }

    /// What fires now, by identity.
    public var alerts: [Alert] { watch?.engine.alerts ?? [] }

    /// The model that alerts are about: a learner's versions are all one.
    private var alertedModel: String { learner == nil ? model.version : "online" }

    /// What each numeric input moves the margin by; nil for a model without weights.
    private var slopes: [String: FeatureWeight]? {
        guard model.nonZeroCount > 0 else { return nil }
        var weights: [String: FeatureWeight] = [:]
        for (input, name) in settings.plan.inputs.enumerated() {
            for index in settings.plan.indices(ofInput: input) {
                guard let slope = model.slope(at: UInt32(index)) else { continue }
                weights[name] = FeatureWeight(weight: slope.slope, center: slope.center)
                break
            }
        }
        return weights
    }

    // MARK: Readings

    /// What the scores of a window promise, and what labels say of earlier promises.
    private func quality(
        _ outcome: DriftMonitor<FeatureSummary>.Outcome, _ watch: borrowing PipelineWatch
    ) -> QualityReport {
        var quality = QualityReport(calibrationError: watch.reliability.calibrationError)
        (quality.lossRose, quality.scoresMoved) = (watch.lossRose, watch.scoresMoved)
        guard model.loss == .logistic else { return quality }
        quality.expected = (outcome.scores?.profile.distribution).flatMap {
            ExpectedQuality(scores: $0)
        }
        let judged = judgedPredictions()
        quality.judged = ExpectedQuality(scores: Distribution(exactly: judged.scores)).map {
            JudgedQuality(
                count: judged.count, rocArea: judged.rocArea, logLoss: judged.logLoss,
                expected: $0)
        }
        return quality
    }

    /// How many events came.
    private func traffic(_ outcome: DriftMonitor<FeatureSummary>.Outcome) -> [Reading] {
        guard let traffic = outcome.traffic else { return [] }
        var reading = Reading(.traffic, traffic)
        reading.baseline = 1
        reading.window = outcome.window
        return [reading]
    }

    private func statusReadings(_ watch: PipelineWatch, now: Int64) -> [Reading] {
        var readings = [Reading(.sparsity, Double(model.nonZeroCount))]
        if clock != .min { readings.append(Reading(.staleness, Double(max(0, now - clock)))) }
        if let labelled = watch.labelledMillis {
            readings.append(Reading(.labelAge, Double(max(0, clock - labelled))))
        }
        let (records, rejected) = recent(watch)
        if records > 0 { readings.append(Reading(.rejects, rejected / records)) }
        return readings
    }

    /// Event records since the last tick, and how many of them were turned away.
    private func recent(_ watch: PipelineWatch) -> (records: Double, rejected: Double) {
        let rejected = counts.rejected - min(counts.rejected, watch.last.rejected)
        let events = counts.events - min(counts.events, watch.last.events)
        return (Double(events) + Double(rejected), Double(rejected))
    }

    private func countObjectives(_ watch: inout PipelineWatch, now: Int64) -> [AlertAction] {
        let (events, rejected) = recent(watch)
        var actions: [AlertAction] = []
        for (place, objective) in watch.settings.alerts.objectives.enumerated()
        where objective.kind == .rejects {
            actions += watch.engine.count(
                events: events, bad: rejected, objective: place, at: now)
        }
        return actions
    }

    // MARK: Messages

    private func publish(
        _ report: DriftReport, _ outcome: DriftMonitor<FeatureSummary>.Outcome,
        links: AlertLinks, into outbox: inout Outbox
    ) {
        var subject = DriftSubject(
            project: links.project, model: model.version, baseline: outcome.baseline,
            window: outcome.window)
        subject.partition = links.partition
        let json = report.json(of: subject)
        outbox.begin(key: nil)
        outbox.beginValue()
        json.write(to: &outbox.writer)
        outbox.end(to: .drift, at: outcome.window.upperBound)
    }

    private func publish(
        _ actions: [AlertAction], links: AlertLinks, now: Int64, into outbox: inout Outbox
    ) -> [AlertNotification] {
        var notifications: [AlertNotification] = []
        for action in actions {
            switch action {
            case .notify(var notification):
                notification.partition = links.partition
                notifications.append(notification)
            case .publish(let alert):
                let identity = alert.identity
                var key = ByteWriter()
                key.append("\(identity.rule)/\(identity.subject)/\(identity.model)")
                if let partition = links.partition { key.append("/\(partition)") }
                outbox.begin(key: key.bytes)
                outbox.beginValue()
                alert.json(links).write(to: &outbox.writer)
                outbox.end(to: .alerts, at: now)
            }
        }
        return notifications
    }
}
