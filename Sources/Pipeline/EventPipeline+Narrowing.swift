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
            watch?.narrow(to: plan, statistics)
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
