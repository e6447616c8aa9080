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
    ///   - aside: compares, and `tellCompared` tells of it, or the tick after the next windows
    ///     closed; nil compares and tells now.
    ///   - outbox: gets messages of drift and of alerts.
    /// - Returns: what receivers are to be told.
    public mutating func tick(
        now: Int64, partition: Int? = nil, readings: [Reading] = [],
        counts: [ObjectiveCount] = [], aside: AsideComparison? = nil, into outbox: inout Outbox
    ) -> [AlertNotification] {
        guard var watch else { return [] }
        var links = watch.settings.links
        links.partition = partition
        // Held here alone while it changes, so that nothing of it is copied.
        self.watch = nil
        var actions = watch.engine.setModel(alertedModel, at: now)
        if watch.waitingCount > 0 {
            actions += tell(watch.takeComparison(), &watch, now: now, into: &outbox)
        }
        if !watch.isComparing { watch.monitor.use(model.baseline, of: model.version) }
        if watch.waitingCount > 0 {
            let models = watch.closed.map { _ in windowModel(&watch, links) }
            if let aside {
                watch.compare(models, aside: aside)
            } else {
                actions += tell(watch.compare(models), &watch, now: now, into: &outbox)
            }
        }
        actions += look(&watch, now: now, readings: readings, counts: counts)
        let notifications = publish(actions, links: links, now: now, into: &outbox)
        self.watch = watch
        return notifications
    }

    /// Whether windows are being compared aside, and whether that is done.
    public var isComparing: Bool { watch?.isComparing ?? false }
    public var comparisonIsDone: Bool { watch?.isDone ?? false }

    /// Waits for what is compared aside, and tells of it.
    ///
    /// - Parameters: as of `tick`.
    public mutating func tellCompared(
        now: Int64, partition: Int? = nil, into outbox: inout Outbox
    ) -> [AlertNotification] {
        guard var watch else { return [] }
        var links = watch.settings.links
        links.partition = partition
        self.watch = nil
        var actions = tell(watch.takeComparison(), &watch, now: now, into: &outbox)
        actions += watch.engine.advance(to: now)
        let notifications = publish(actions, links: links, now: now, into: &outbox)
        self.watch = watch
        return notifications
    }

    private func tell(
        _ findings: [WindowFindings], _ watch: inout PipelineWatch, now: Int64,
        into outbox: inout Outbox
    ) -> [AlertAction] {
        var actions: [AlertAction] = []
        for found in findings {
            outbox.begin(key: nil)
            outbox.beginValue()
            unsafe outbox.writer.append(found.message.span.bytes)
            outbox.end(to: .drift, at: found.window.upperBound)
            actions += watch.engine.observe(found.readings, at: now)
        }
        return actions
    }

    /// The model of a window that closes now. What is counted from window to window begins anew.
    private func windowModel(
        _ watch: inout PipelineWatch, _ links: AlertLinks
    ) -> WindowModel {
        var quality = QualityReport(calibrationError: watch.reliability.calibrationError)
        (quality.lossRose, quality.scoresMoved) = (watch.lossRose, watch.scoresMoved)
        watch.reliability = Reliability()
        (watch.lossRose, watch.scoresMoved) = (false, false)
        let silence = settings.labels.map { $0.silence == .negative ? $0.maturityMillis : 0 }
        let judgedSince = watch.takeJudged(silence: silence ?? 0, clock: clock)
        return WindowModel(
            links: links, version: model.version, weights: slopes, quality: quality,
            judged: model.loss == .logistic ? judgedPredictions() : nil, judgedSince: judgedSince)
    }

    /// What holds whether or not a window has closed.
    private mutating func look(
        _ watch: inout PipelineWatch, now: Int64, readings: [Reading], counts: [ObjectiveCount]
    ) -> [AlertAction] {
        var actions = watch.engine.observe(readings + statusReadings(watch, now: now), at: now)
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

    /// What each input moves the margin by; nil for a model without weights.
    private var slopes: [String: FeatureWeight]? {
        model.nonZeroCount > 0 ? model.featureWeights(of: settings.plan) : nil
    }

    // MARK: Readings

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
