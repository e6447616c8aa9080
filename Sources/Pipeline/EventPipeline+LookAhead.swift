internal import Bytes
internal import Events
internal import Features
internal import Training

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
        ahead.append(decode(origin, value), from: origin)
        swap(&row, &ahead.rows[place])
    }

    /// Decodes a record; an event's fields go into `row`.
    private mutating func decode(_ origin: RecordOrigin, _ value: RawSpan) -> DecodedRecord {
        do throws(DecodeError) {
            switch origin.stream {
            case .events:
                try decoder.decode(value, into: &row)
                return .event(
                    time: try decoder.decodeTime(
                        from: row, recordTimestamp: origin.timestampMillis))
            case .labels: return try decodeLabel(value)
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
            return (decode(origin, value), nil)
        }
        if !ahead.isTouched { touchAhead() }
        if case .event = record { swap(&row, &ahead.rows[place]) }
        return (record, place)
    }

    /// Asks for memory in the order in which one place names the next.
    private mutating func touchAhead() {
        ahead.noteTouched()
        prefetchLookUps()
        for place in 0..<ahead.count {
            switch ahead[place] {
            case .event: features.prefetchRows(of: ahead.rows[place], at: place)
            case .label(_, let key):
                ahead.waiting[place] =
                    labels?.pending.prefetchEntry(key) ?? PendingLabels.nowhere
            case .failure: break
            }
        }
        for place in 0..<ahead.count {
            switch ahead[place] {
            case .event: features.prefetchEdges(at: place)
            case .label: prefetchPages(ofLabelAt: place)
            case .failure: break
            }
        }
        features.prefetchFreePages()
        for place in 0..<ahead.count {
            switch ahead[place] {
            case .event: features.prefetchCrossings(at: place)
            case .label: prefetchOwners(ofLabelAt: place)
            case .failure: break
            }
        }
    }

    private mutating func prefetchLookUps() {
        features.prefetchFreePages()
        var labelCount = 0
        for place in 0..<ahead.count {
            switch ahead[place] {
            case .event:
                features.prefetchLookUps(of: ahead.rows[place])
                labels?.pending.prefetchLookUp(decoder.id.key(of: ahead.rows[place]))
            case .label(_, let key):
                labels?.pending.prefetchLookUp(key, ahead: labelCount)
                labelCount += 1
            case .failure: break
            }
        }
    }

    /// The vector of the label's event, and the pages of the windows that hold it.
    private mutating func prefetchPages(ofLabelAt place: Int) {
        let slot = ahead.waiting[place]
        guard slot != PendingLabels.nowhere else { return }
        labels?.pending.prefetchVector(at: slot)
        for entity in labelledEntities {
            guard let page = labels?.page(entity, ofEventAt: slot) else { return }
            features.prefetchPage(page, ofLabelledEntity: entity)
        }
    }

    private mutating func prefetchOwners(ofLabelAt place: Int) {
        let slot = ahead.waiting[place]
        guard slot != PendingLabels.nowhere else { return }
        for entity in labelledEntities {
            guard let page = labels?.page(entity, ofEventAt: slot) else { return }
            features.prefetchOwner(ofPage: page, ofLabelledEntity: entity)
        }
    }

    private var labelledEntities: Range<Int> { 0..<settings.plan.labelledEntityCount }
}
