import Bytes
import Events
import Features
import Model
import Pipeline
import Training

extension StagedRun {
    mutating func stepEvents(_ log: borrowing PaymentLog, _ range: Range<Int>) throws {
        try decode(log, range)
        refill(range.count)
        computeFeatures(range.count)
        score(log, range)
        awaitLabels(range.count)
        write(range.count)
    }

    private mutating func decode(_ log: borrowing PaymentLog, _ range: Range<Int>) throws {
        let start = ThreadTime.now()
        for (place, index) in range.enumerated() {
            let record = log.events[index]
            try decoder.decode(log.bytes(record.value), into: &row)
            events[place].time = try decoder.decodeTime(
                from: row, recordTimestamp: record.origin.timestampMillis)
            events[place].id = row.integers[0]
            events[place].customer = row.integers[2]
            events[place].terminal = row.integers[3]
            events[place].amount = row.numbers[4]
            events[place].key = decoder.id.key(of: row)
        }
        note(.decode, since: start, over: range.count)
    }

    private mutating func refill(_ count: Int) {
        let start = ThreadTime.now()
        for place in 0..<count { refill(place: place) }
        note(.refill, since: start, over: count)
    }

    @inline(__always)
    private mutating func refill(place: Int) {
        row.removeAll()
        row.setInteger(events[place].id, at: 0)
        row.setInteger(events[place].time, at: 1)
        row.setInteger(events[place].customer, at: 2)
        row.setInteger(events[place].terminal, at: 3)
        row.setNumber(events[place].amount, at: 4)
    }

    private mutating func computeFeatures(_ count: Int) {
        let start = ThreadTime.now()
        for place in 0..<count {
            refill(place: place)
            let time = events[place].time
            clock = max(clock, time)
            features.step(
                row: &row, time: time, clock: clock, into: &vectors[place],
                reference: &events[place].reference)
        }
        note(.features, since: start, over: count)
    }

    private mutating func score(_ log: borrowing PaymentLog, _ range: Range<Int>) {
        let start = ThreadTime.now()
        for (place, index) in range.enumerated() {
            let origin = log.events[index].origin
            let margin = model.margin(of: vectors[place], contributions: &contributions)
            events[place].prediction = Prediction(
                time: events[place].time, score: model.loss.prediction(atMargin: margin),
                margin: margin,
                source: SourcePosition(
                    topic: 0, partition: origin.partition, offset: origin.offset))
            reasons.rank(vectors[place], contributions)
            events[place].reasons.removeAll(keepingCapacity: true)
            for rank in reasons.indices { events[place].reasons.append(reasons[rank]) }
        }
        note(.score, since: start, over: range.count)
    }

    private mutating func awaitLabels(_ count: Int) {
        var payload = [UInt32](repeating: 0, count: pending.payloadCount)
        let start = ThreadTime.now()
        for place in 0..<count {
            let reference = events[place].reference
            payload[0] = UInt32(truncatingIfNeeded: reference.ordinal)
            payload[1] = UInt32(truncatingIfNeeded: reference.ordinal >> 32)
            for (page, value) in reference.pages.enumerated() { payload[2 + page] = value }
            pending.insert(
                id: events[place].key, timeMillis: events[place].time,
                score: events[place].prediction.score, vector: vectors[place],
                payload: payload.span)
        }
        note(.pending, since: start, over: count)
    }

    private mutating func write(_ count: Int) {
        let start = ThreadTime.now()
        for place in 0..<count {
            row.setInteger(events[place].id, at: 0)
            write(events[place].prediction, events[place].reasons)
            events[place].end = output.count
        }
        note(.write, since: start, over: count)
    }

    private mutating func write(_ prediction: Prediction, _ reasons: [Reason]) {
        writer.appendHead(prediction, id: decoder.id, of: row, to: &output)
        for (place, reason) in reasons.enumerated() {
            writer.appendReason(
                at: place, feature: settings.plan.input(of: reason.index),
                contribution: reason.contribution, to: &output)
        }
        writer.appendSource(prediction.source, to: &output)
        writer.appendEnd(to: &output)
    }
}
