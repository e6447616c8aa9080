internal import Drift
internal import Events
internal import Features
internal import Model
internal import Training

/// Labels: each meets its event's vector as scored, judges the prediction, takes its event's place
/// in the windows, and teaches the learner.
extension EventPipeline {
    /// Takes a label that was read elsewhere; one that the loss has no use for is ignored.
    ///
    /// - Parameter key: the event's `EventID.key`.
    public mutating func takeLabel(_ label: Label, ofEvent key: UInt64) {
        if model.loss.accepts(label: label.value) { take(label, ofEvent: key) }
    }

    mutating func take(_ label: Label, ofEvent key: UInt64) {
        guard settings.labels != nil else { return }
        counts.labels += 1
        guard labels?.join(key, into: &example) == true else { return }
        watch?.noteLabelled(example.timeMillis)
        apply(label)
    }

    /// Stores the event until its label comes.
    mutating func awaitLabel(time: Int64, score: Double) {
        labels?.await(
            id: decoder.id.key(of: row), time: time, score: score, vector: vector,
            reference: reference)
    }

    /// Moves time on; events that waited for `maturity` get the label that silence stands for.
    mutating func advanceClock(to time: Int64) {
        clock = max(clock, time)
        while labels?.expire(at: clock, into: &example) == true {
            counts.matured += 1
            if settings.labels?.silence == .negative { apply(Label(0)) }
        }
    }

    /// Applies a label to the event in `example`.
    private mutating func apply(_ label: Label) {
        labels?.judge(example, label: label.value, loss: model.loss)
        watch?.observeLabel(
            label.value, score: example.score, timeMillis: example.timeMillis, loss: model.loss)
        judge(label)
        LabelJoin.place(of: example, into: &reference)
        features.setLabel(label.value, at: reference)
        examples?.append(example, label: label.value, weight: label.weight)
        learn(label)
        if learner?.publicationIsDue == true { publishModel() }
    }

    /// Counts the prediction in the spans that are judged apart.
    private mutating func judge(_ label: Label) {
        guard !judgedSpans.isEmpty else { return }
        let margin = model.loss.margin(atPrediction: example.score)
        let loss = model.loss.value(atMargin: margin, label: label.value)
        for place in judgedSpans.indices {
            judgedSpans[place].observe(
                timeMillis: example.timeMillis, loss: loss,
                score: model.loss == .logistic ? example.score : nil, label: label.value)
        }
    }

    private mutating func learn(_ label: Label) {
        let before = learner?.learned
        learner?.learn(example.vector, label: label.value, weight: label.weight)
        guard let learned = learner?.learned, learned != before else { return }
        watch?.noteLearned(learned, clock: clock)
        learnedExamples?.observe(
            example.vector, score: example.score, timeMillis: example.timeMillis, clock: clock)
    }

    /// Puts the learner's weights to use. Between two records, and counted in examples, so a replay
    /// switches models at the same places.
    private mutating func publishModel() {
        learner?.publish(into: &model)
        predictionWriter.setModel(model.version)
    }
}
