internal import Events
internal import Features
internal import Sparse
internal import Training

/// Labels on their way to the events they belong to: the decoder, the events that wait, and the judgement
/// of the predictions whose labels came.
struct LabelJoin: ~Copyable {
    let settings: LabelSettings
    let decoder: EventDecoder
    var row: EventRow
    var pending: PendingLabels
    var validation: ProgressiveValidation
    /// The event whose label came last.
    var example = PendingExample()
    private var payload: [UInt32] = []

    /// - Parameter pageCount: entities whose windows hold labels.
    init(
        _ settings: LabelSettings, decoder: consuming EventDecoder, pageCount: Int,
        validationExamplesMax: Int
    ) {
        self.settings = settings
        row = EventRow(slots: decoder.schema.fields.count)
        self.decoder = decoder
        pending = PendingLabels(
            maturityMillis: settings.maturityMillis,
            payloadCount: Self.ordinalWords + pageCount, limits: settings.pending)
        validation = ProgressiveValidation(windowExamples: validationExamplesMax)
    }

    private static let ordinalWords = 2

    /// Stores a scored event with the vector as scored and its place in the windows.
    mutating func await(
        id: UInt64, time: Int64, score: Double, vector: borrowing SparseVector,
        reference: borrowing FeatureState.Reference
    ) {
        payload.removeAll(keepingCapacity: true)
        payload.append(UInt32(truncatingIfNeeded: reference.ordinal))
        payload.append(UInt32(truncatingIfNeeded: reference.ordinal >> 32))
        payload.append(contentsOf: reference.pages)
        pending.insert(
            id: id, timeMillis: time, score: score, vector: vector, payload: payload.span)
    }

    /// The event's place in the windows, for `FeatureState.setLabel`.
    var ordinal: UInt64 { UInt64(example.payload[0]) | UInt64(example.payload[1]) << 32 }
    var pages: ArraySlice<UInt32> { example.payload[Self.ordinalWords...] }
}
