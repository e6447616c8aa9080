internal import Events
internal import Features
internal import Training

/// Labels: each meets its event's vector as scored, judges the prediction, teaches the learner, and takes
/// its event's place in the windows.
extension Pipeline {
    mutating func takeLabel(_ origin: RecordOrigin, value: RawSpan) throws(DecodeError) {
        guard labels != nil else { return }
        try labels!.decoder.decode(value, into: &labels!.row)
        let label = labels!.row.numbers[labels!.settings.value]
        guard model.loss.accepts(label: label) else {
            throw DecodeError(.outOfRange, field: labels!.settings.value)
        }
        advanceClockByLabel(origin)
        counts.labels += 1
        let id = labels!.decoder.id.key(of: labels!.row)
        guard labels!.pending.join(id: id, into: &labels!.example) == .joined else { return }
        apply(label)
    }

    /// Stores the event until its label comes.
    mutating func awaitLabel(time: Int64, score: Double) {
        guard labels != nil else { return }
        labels!.await(
            id: decoder.id.key(of: row), time: time, score: score, vector: vector,
            reference: reference)
    }

    /// Moves time on; events that waited for `maturity` get the label that silence stands for.
    mutating func advanceClock(to time: Int64) {
        clock = max(clock, time)
        guard labels != nil else { return }
        while labels!.pending.expireNext(nowMillis: clock, into: &labels!.example) {
            counts.matured += 1
            if labels!.settings.silence == .negative { apply(0) }
        }
    }

    /// Applies a label to the event in `labels.example`.
    private mutating func apply(_ label: Double) {
        let score = labels!.example.score
        let margin = model.loss.margin(atPrediction: score)
        labels!.validation.append(
            score: score, label: label, loss: model.loss.value(atMargin: margin, label: label))
        features.setLabel(label, ordinal: labels!.ordinal, pages: labels!.pages)
        guard learner != nil else { return }
        learner!.learn(labels!.example.vector, label: label)
        if learner!.publicationIsDue { publishModel() }
    }

    /// Puts the learner's weights to use. Between two records, and counted in examples, so a replay
    /// switches models at the same places.
    private mutating func publishModel() {
        learner!.publish(into: &model)
        predictionWriter.setModel(model.version)
    }
}
