internal import Drift
internal import Events
internal import Features
internal import Model
internal import Statistics

extension EventPipeline {
    /// Computes less from now on: forgets the features that the settings leave out, and goes on
    /// with the others as if nothing else had ever been computed.
    ///
    /// O(state). Not while a snapshot is being written. Windows over labels stay where labels on
    /// their way would lose their entity without them.
    ///
    /// - Parameter narrow: of the same project.
    /// - Returns: whether there was anything to leave out.
    public mutating func narrow(to narrow: PipelineSettings) -> Bool {
        var plan = narrow.plan
        if plan.labelledEntityCount < settings.plan.labelledEntityCount {
            plan = plan.computing(plan.computedInputs.union(settings.plan.inputsOverLabels))
        }
        guard plan.computedInputs.isStrictSubset(of: settings.plan.computedInputs),
            features.narrow(to: plan, limits: settings.limits)
        else { return false }
        settings.plan = plan
        row = EventRow(slots: plan.slotCount)
        ahead = LookAhead(slots: plan.slotCount)
        observation = observation?.narrowed(settings.observed, to: plan, loss: model.loss)
        if let statistics = observation?.statistics {
            watch = watch?.narrowed(to: plan, statistics: statistics)
        }
        return true
    }
}

extension Observation {
    /// The part that tells of what a plan computes.
    fileprivate func narrowed(
        _ settings: ObservationSettings?, to plan: FeaturePlan, loss: Loss
    ) -> Observation? {
        guard let settings else { return nil }
        var narrow = Observation(settings, plan: plan, loss: loss)
        narrow.statistics = statistics.keeping(narrow.statistics.columns)
        narrow.usage = usage
        narrow.nextPublicationMillis = nextPublicationMillis
        narrow.publishedEvents = publishedEvents
        return narrow
    }
}

extension PipelineWatch {
    /// The part that watches what a plan computes.
    fileprivate func narrowed(
        to plan: FeaturePlan, statistics: borrowing StatisticsTable
    ) -> PipelineWatch {
        var narrow = PipelineWatch(settings, plan: plan, statistics: statistics, model: "")
        let names = Set(narrow.columns.map(\.name))
        narrow.seenStart = seenStart
        narrow.closed = closed.map { pane in
            var pane = pane
            pane.features.removeAll { !names.contains($0.name) }
            return pane
        }
        narrow.skipped = skipped
        narrow.monitor = monitor
        narrow.monitor.keep(names)
        narrow.engine = engine
        narrow.losses = losses
        narrow.lossRose = lossRose
        narrow.scores = scores
        narrow.scoresMoved = scoresMoved
        (narrow.scoreSum, narrow.scoreCount) = (scoreSum, scoreCount)
        narrow.reliability = reliability
        narrow.labelledMillis = labelledMillis
        narrow.last = last
        return narrow
    }
}
