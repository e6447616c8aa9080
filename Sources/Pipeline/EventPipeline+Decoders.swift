public import Events

/// Files bring their own form, and CSV files their own header; so whoever reads several changes the
/// decoder between them.
extension EventPipeline {
    /// Exchanges the decoder of events for another one of the same schema.
    public mutating func exchangeEventDecoder(with other: inout EventDecoder) {
        swap(&decoder, &other)
    }

    /// Exchanges the decoder of labels for another one of the same schema; without labels nothing
    /// happens.
    public mutating func exchangeLabelDecoder(with other: inout EventDecoder) {
        guard var join = labels.take() else { return }
        swap(&join.decoder, &other)
        labels = consume join
    }
}
