import Bytes
import Events
import Features
import Model
import Training

extension StagedRun {
    mutating func stepLabels(_ log: borrowing PaymentLog, _ range: Range<Int>) throws {
        try decodeLabels(log, range)
        try join(range.count)
        judge(range.count)
        setInWindows(range.count)
        learn(range.count)
    }

    private mutating func decodeLabels(_ log: borrowing PaymentLog, _ range: Range<Int>) throws {
        let start = ThreadTime.now()
        for (place, index) in range.enumerated() {
            try labelDecoder.decode(log.bytes(log.labels[index].value), into: &labelRow)
            labels[place].value = labelRow.numbers[1]
            labels[place].key = labelDecoder.id.key(of: labelRow)
        }
        note(.decodeLabel, since: start, over: range.count)
    }

    private mutating func join(_ count: Int) throws {
        let start = ThreadTime.now()
        for place in 0..<count {
            let outcome = pending.join(id: labels[place].key, into: &labels[place].example)
            guard outcome == .joined else { throw Unjoined(outcome: outcome) }
        }
        note(.join, since: start, over: count)
    }

    /// A simulated label always finds its event.
    struct Unjoined: Error {
        let outcome: LabelOutcome
    }

    private mutating func judge(_ count: Int) {
        let loss = model.loss
        let start = ThreadTime.now()
        for place in 0..<count {
            let score = labels[place].example.score
            let margin = loss.margin(atPrediction: score)
            validation.append(
                score: score, label: labels[place].value,
                loss: loss.value(atMargin: margin, label: labels[place].value))
        }
        note(.judge, since: start, over: count)
    }

    private mutating func setInWindows(_ count: Int) {
        var reference = FeatureState.Reference()
        let start = ThreadTime.now()
        for place in 0..<count {
            let payload = labels[place].example.payload
            reference.ordinal = UInt64(payload[0]) | UInt64(payload[1]) << 32
            reference.pages.removeAll(keepingCapacity: true)
            reference.pages.append(contentsOf: payload[2...])
            features.setLabel(labels[place].value, at: reference)
        }
        note(.labelWindows, since: start, over: count)
    }

    private mutating func learn(_ count: Int) {
        let start = ThreadTime.now()
        for place in 0..<count {
            learner.learn(labels[place].example.vector, label: labels[place].value)
            if learner.publicationIsDue {
                learner.publish(into: &model)
                writer.setModel(model.version)
            }
        }
        note(.learn, since: start, over: count)
    }
}
