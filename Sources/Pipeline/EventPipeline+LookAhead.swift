internal import Bytes
internal import Events
internal import Features
internal import Model

/// Records that are known before their steps are decoded early, and what they will touch is asked
/// for all together, so that their steps find it in the cache.
extension EventPipeline {
    /// Records that can be looked ahead to at a time.
    public static var lookAheadMax: Int { LookAhead.recordsMax }

    /// Decodes a record whose step is among the next ones; it keeps nothing of `value`. A hint:
    /// steps give the same whether they were looked ahead to or not, but faster when whole groups
    /// of `lookAheadMax` were, in the order of their steps.
    public mutating func lookAhead(to origin: RecordOrigin, value: RawSpan) {
        guard let place = ahead.takePlace() else { return }
        let record = Self.decode(
            origin, value, decoder, &labels, model.loss, into: &ahead.rows[place])
        ahead.append(record, from: origin)
    }

    /// Decodes a record; an event's fields go into the row. A project without labels has no stream
    /// of them; what comes there all the same teaches nothing.
    private static func decode(
        _ origin: RecordOrigin, _ value: RawSpan, _ decoder: borrowing EventDecoder,
        _ labels: inout LabelJoin?, _ loss: Loss, into row: inout EventRow
    ) -> DecodedRecord {
        do throws(DecodeError) {
            switch origin.stream {
            case .events:
                try decoder.decode(value, into: &row)
                return .event(
                    time: try decoder.decodeTime(
                        from: row, recordTimestamp: origin.timestampMillis))
            case .labels:
                guard let (label, key) = try labels?.read(value, for: loss) else {
                    return .label(Label(.nan), key: 0)
                }
                return .label(label, key: key)
            }
        } catch {
            return .failure(error)
        }
    }

    /// The record, decoded before or now, and its place if it was looked ahead to; an event's
    /// fields are in `row`.
    mutating func decoded(
        _ origin: RecordOrigin, _ value: RawSpan
    ) -> (record: DecodedRecord, place: Int?) {
        guard let (place, record) = ahead.take(origin) else {
            let record = Self.decode(origin, value, decoder, &labels, model.loss, into: &row)
            return (record, nil)
        }
        if !ahead.isTouched { touchAhead() }
        if case .event = record { swap(&row, &ahead.rows[place]) }
        return (record, place)
    }

    /// Asks for memory in the order in which one place names the next.
    private mutating func touchAhead() {
        ahead.noteTouched()
        features.prefetchFreePages()
        for place in 0..<ahead.count where ahead.isEvent(place) {
            features.prefetchLookUps(of: ahead.rows[place])
        }
        labels?.prefetchLookUps(of: ahead, id: decoder.id)
        for place in 0..<ahead.count where ahead.isEvent(place) {
            features.prefetchRows(of: ahead.rows[place], at: place)
        }
        labels?.prefetchEntries(of: ahead)
        for place in 0..<ahead.count where ahead.isEvent(place) {
            features.prefetchEdges(at: place)
        }
        labels?.prefetchPages(in: &features)
        features.prefetchFreePages()
        for place in 0..<ahead.count where ahead.isEvent(place) {
            features.prefetchCrossings(at: place)
        }
        labels?.prefetchOwners(in: &features)
    }
}
