internal import Bytes
internal import Events
internal import Features
internal import Model

/// What a step writes.
extension EventPipeline {
    mutating func publish(_ prediction: Prediction, key: RawSpan?, into outbox: inout Outbox) {
        model.explain(vector, into: &reasons)
        published.removeAll(keepingCapacity: true)
        for reason in reasons.ranked {
            published.append(
                Prediction.Reason(
                    feature: settings.plan.input(of: reason.index),
                    contribution: reason.contribution))
        }
        outbox.begin(key: key)
        outbox.header(PredictionHeader.model.rawValue) { $0.append(model.version) }
        outbox.header(PredictionHeader.source.rawValue) { append(prediction.source, to: &$0) }
        outbox.end(to: .predictions, at: prediction.time) { writer in
            guard settings.publishesFeatures else {
                predictionWriter.append(
                    prediction, id: decoder.id, of: row, reasons: published.span, to: &writer)
                return
            }
            for input in inputs.indices {
                inputs[input] = settings.plan.value(ofInput: input, in: row)
            }
            predictionWriter.append(
                prediction, id: decoder.id, of: row, reasons: published.span,
                features: inputs.span, to: &writer)
        }
        counts.predictions += 1
    }

    /// Turns a record away: counted, and kept with its bytes and the reason in a dead letter.
    mutating func reject(
        _ rejection: Rejection, _ error: DecodeError?, _ origin: RecordOrigin,
        key: RawSpan?, value: RawSpan, into outbox: inout Outbox
    ) {
        counts.rejections[rejection, default: 0] += 1
        let schema = origin.stream == .events ? decoder.schema : settings.labels?.schema
        if let key {
            outbox.begin(key: key.extracting(first: min(key.byteCount, settings.keyBytesMax)))
        } else {
            outbox.begin(key: nil)
        }
        outbox.header(DeadLetterHeader.reason.rawValue) { $0.append(rejection.code) }
        outbox.header(DeadLetterHeader.position.rawValue) {
            append(
                SourcePosition(
                    topic: origin.stream.rawValue, partition: origin.partition,
                    offset: origin.offset), to: &$0)
        }
        if let field = error?.field, let schema {
            outbox.header(DeadLetterHeader.field.rawValue) { $0.append(schema.fields[field].name) }
        }
        if let error, let schema {
            let detail = error.text(for: schema, message: value)
            outbox.header(DeadLetterHeader.detail.rawValue) { $0.append(detail) }
        }
        if let byte = error?.byte {
            outbox.header(DeadLetterHeader.byte.rawValue) { $0.append(decimal: Int64(byte)) }
        }
        let kept = min(value.byteCount, settings.deadLetterBytesMax)
        if kept < value.byteCount {
            outbox.header(DeadLetterHeader.length.rawValue) {
                $0.append(decimal: Int64(value.byteCount))
            }
        }
        outbox.end(to: .deadLetters, at: origin.timestampMillis) {
            $0.append(value.extracting(first: kept))
        }
    }

    /// `topic/partition/offset`
    private func append(_ position: SourcePosition, to writer: inout ByteWriter) {
        writer.append(position.topic == 0 ? settings.eventsTopic : settings.labelsTopic)
        writer.append(UInt8(ascii: "/"))
        writer.append(decimal: Int64(position.partition))
        writer.append(UInt8(ascii: "/"))
        writer.append(decimal: position.offset)
    }
}
