internal import Bytes
internal import Events
internal import Features
internal import Usage

extension EventPipeline {
    /// Tells features as the next event would find them, by the code that makes its vector, and
    /// counts who has read them. Between batches; changes no prediction.
    ///
    /// Allocates; O(rows × (features of the plan + what expires)).
    ///
    /// - Precondition: every feature asked for is a number (`FeaturePlan.Feature.slot`).
    public mutating func answer(_ query: FeatureQuery) -> FeatureAnswer {
        let plan = settings.plan
        let time = max(clock, query.timeMillis ?? max(clock, 0))
        let slots = query.features.compactMap { plan.features[$0].slot }
        var looked = EventRow(slots: plan.slotCount)
        var answer = FeatureAnswer(
            rows: [],
            skipped: Set(query.features.filter { plan.features[$0].need == .skipped }))
        answer.rows.reserveCapacity(query.rows.count)
        for fields in query.rows {
            looked.removeAll()
            for field in fields { looked.set(field) }
            let isKnown = features.look(row: &looked, at: time)
            var values: [Double] = []
            values.reserveCapacity(slots.count)
            for slot in slots { values.append(looked.numbers[slot]) }
            answer.rows.append(
                FeatureAnswer.Row(isKnown: isKnown, values: values, timeMillis: time))
        }
        observation?.usage.reads.note(
            answer.rows.count(where: \.isKnown), of: query.features, by: query.consumer,
            atMillis: clock)
        return answer
    }
}

extension EventRow {
    fileprivate mutating func set(_ field: FeatureQuery.Field) {
        switch field.value {
        case .integer(let value): setInteger(value, at: field.slot)
        case .number(let value): setNumber(value, at: field.slot)
        case .text(let bytes): unsafe setText(bytes.span.bytes, at: field.slot)
        }
    }
}
