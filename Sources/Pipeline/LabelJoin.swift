internal import Bytes
internal import Events
internal import Features
internal import Model
internal import Sparse
internal import Training

/// Labels on their way to the events they belong to: the decoder, the events that wait, and the
/// judgement of the predictions whose labels came.
struct LabelJoin: ~Copyable {
    let settings: LabelSettings
    var decoder: EventDecoder
    private var row: EventRow
    var pending: PendingLabels
    var validation: ProgressiveValidation
    /// What is stored with an event: its reference.
    private var payload: FixedArray<UInt32>
    /// Where the events of the labels looked ahead to wait.
    var slotsAhead = FixedArray(repeating: PendingLabels.nowhere, count: LookAhead.recordsMax)
    var aheadCount = 0

    /// - Parameter pageCount: entities whose windows hold labels.
    init(
        _ settings: LabelSettings, decoder: consuming EventDecoder, pageCount: Int,
        validationExamplesMax: Int
    ) {
        self.settings = settings
        row = EventRow(slots: decoder.schema.fields.count)
        self.decoder = decoder
        payload = FixedArray(repeating: 0, count: Self.ordinalWords + pageCount)
        pending = PendingLabels(
            maturityMillis: settings.maturityMillis,
            payloadCount: Self.ordinalWords + pageCount, limits: settings.pending)
        validation = ProgressiveValidation(windowExamples: validationExamplesMax)
    }

    /// Words of an event's payload that hold its ordinal; its pages follow.
    private static let ordinalWords = 2

    /// Stores a scored event with the vector as scored and its place in the windows.
    mutating func await(
        id: UInt64, time: Int64, score: Double, vector: borrowing SparseVector,
        reference: borrowing FeatureState.Reference
    ) {
        payload[0] = UInt32(truncatingIfNeeded: reference.ordinal)
        payload[1] = UInt32(truncatingIfNeeded: reference.ordinal >> 32)
        for place in reference.pages.indices {
            payload[Self.ordinalWords + place] = reference.pages[place]
        }
        Self.insert(id, time, score, vector, payload, into: &pending)
    }

    private static func insert(
        _ id: UInt64, _ time: Int64, _ score: Double, _ vector: borrowing SparseVector,
        _ payload: borrowing FixedArray<UInt32>, into pending: inout PendingLabels
    ) {
        pending.insert(
            id: id, timeMillis: time, score: score, vector: vector, payload: payload.span)
    }

    /// Reads a label message: the label, and its event's `EventID.key`.
    mutating func read(
        _ value: RawSpan, for loss: Loss
    ) throws(DecodeError) -> (label: Label, key: UInt64) {
        try decoder.decode(value, into: &row)
        return (try settings.label(in: row, for: loss), decoder.id.key(of: row))
    }

    /// How many pages of the windows hold an event.
    var pageCount: Int { payload.count - Self.ordinalWords }

    /// One of the pages of the windows that hold an event that waits.
    ///
    /// - Parameter slot: the event's, as `prefetchEntry` told.
    mutating func page(_ number: Int, ofEventAt slot: UInt32) -> UInt32 {
        pending.payload(Self.ordinalWords + number, at: slot)
    }

    /// Finds the event of a label by its `EventID.key`.
    mutating func join(_ key: UInt64, into example: inout PendingExample) -> Bool {
        pending.join(id: key, into: &example) == .joined
    }

    /// Takes the next event that waited for `maturity` in vain.
    mutating func expire(at clock: Int64, into example: inout PendingExample) -> Bool {
        pending.expireNext(nowMillis: clock, into: &example)
    }

    /// Judges the prediction as it was published.
    mutating func judge(_ example: borrowing PendingExample, label: Double, loss: Loss) {
        let margin = loss.margin(atPrediction: example.score)
        validation.append(
            score: example.score, label: label, loss: loss.value(atMargin: margin, label: label))
    }

    /// Where the windows hold the event.
    static func place(
        of example: borrowing PendingExample, into reference: inout FeatureState.Reference
    ) {
        reference.ordinal = UInt64(example.payload[0]) | UInt64(example.payload[1]) << 32
        let pageCount = example.payload.count - ordinalWords
        reference.resize(to: pageCount)
        for place in 0..<pageCount {
            reference.pages[place] = example.payload[ordinalWords + place]
        }
    }
}
