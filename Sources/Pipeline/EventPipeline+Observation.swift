internal import Bytes
internal import Events
internal import Features
internal import Model
internal import Statistics
internal import Usage

/// Statistics and usage: taken after the prediction is made, published at intervals of event time.
extension EventPipeline {
    /// Takes the event just scored into the statistics, and publishes them when it is time.
    mutating func observe(
        margin: Double, score: Double, time: Int64, _ origin: RecordOrigin,
        into outbox: inout Outbox
    ) {
        guard observation != nil else { return }
        observation?.observe(
            row: row, vector: vector, contributions: contributions, model: model,
            margin: margin, score: score, timeMillis: time, clock: clock)
        watch?.observe(score: score, clock: clock)
        handOverClosedWindow()
        guard observation?.nextPublicationMillis != nil else {
            // One event tells nothing of its features.
            observation?.noteNextPublication(after: clock)
            return
        }
        guard observation?.publicationIsDue(at: clock) == true, let observation else { return }
        publish(observation, partition: origin.partition, into: &outbox)
        self.observation?.noteNextPublication(after: clock)
    }

    /// Gives a window that this event closed to whoever watches.
    private mutating func handOverClosedWindow() {
        guard let window = watch?.window,
            let start = observation?.statistics.start(of: .closed(window: window)),
            start != watch?.seenStart, let statistics = observation?.statistics
        else { return }
        watch?.take(start, of: statistics)
    }

    /// One message a feature, and one for the scores: keyed by name, so that a compacted topic
    /// keeps the newest.
    private func publish(
        _ observation: Observation, partition: Int32, into outbox: inout Outbox
    ) {
        let settled = observation.statistics.settled()
        let part = observation.settings.isSpread ? partition : nil
        let state = stateCounts
        for column in settled.columns.indices {
            let name = settled.columns[column].name
            var key = ByteWriter()
            key.append(name)
            if let part {
                key.append("/" as StaticString)
                key.append(decimal: Int64(part))
            }
            outbox.begin(key: key.bytes)
            outbox.beginValue()
            let input = settings.plan.inputs.firstIndex(of: name)
            let weights = input.map {
                model.nonZeroCount(in: settings.plan.indices(ofInput: $0))
            }
            let message = FeatureMessage(
                column: column, statistics: settled, part: part,
                feature: settings.plan.features.firstIndex { $0.name == name }, input: input,
                usage: observation.usage, model: model.version, weights: weights ?? 0,
                state: state)
            message.append(at: clock, to: &outbox.writer)
            outbox.end(to: .features, at: clock)
        }
    }
}

extension Observation {
    func publicationIsDue(at clock: Int64) -> Bool {
        guard let interval = settings.publishEveryMillis, let next = nextPublicationMillis,
            clock >= next
        else { return false }
        return statistics.events >= publishedEvents + settings.publishEventsMin
            || clock - next >= interval * (ObservationSettings.publishPatience - 1)
    }

    /// Multiples of the interval, so that all tasks publish of the same stretches.
    mutating func noteNextPublication(after clock: Int64) {
        guard let interval = settings.publishEveryMillis else { return }
        nextPublicationMillis = (clock / interval + 1) * interval
        publishedEvents = statistics.events
    }
}
