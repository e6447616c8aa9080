internal import Bytes
internal import Events
internal import Features
internal import Model

/// What a step writes.
extension EventPipeline {
    mutating func publish(_ prediction: Prediction, key: RawSpan?, into outbox: inout Outbox) {
        outbox.begin(key: key)
        outbox.beginHeader(PredictionHeader.model.rawValue)
        predictionWriter.appendModel(to: &outbox.writer)
        outbox.beginHeader(PredictionHeader.source.rawValue)
        predictionWriter.appendPosition(prediction.source, to: &outbox.writer)
        outbox.beginValue()
        predictionWriter.appendHead(prediction, id: decoder.id, of: row, to: &outbox.writer)
        reasons.rank(vector, contributions)
        for place in reasons.indices {
            predictionWriter.appendReason(
                at: place, feature: settings.plan.input(of: reasons[place].index),
                contribution: reasons[place].contribution, to: &outbox.writer)
        }
        predictionWriter.appendSource(prediction.source, to: &outbox.writer)
        if settings.publishesFeatures {
            for input in inputs.indices {
                inputs[input] = settings.plan.value(ofInput: input, in: row)
            }
            predictionWriter.appendFeatures(inputs.span, to: &outbox.writer)
        }
        predictionWriter.appendEnd(to: &outbox.writer)
        outbox.end(to: .predictions, at: prediction.time)
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
        outbox.beginHeader(DeadLetterHeader.reason.rawValue)
        outbox.writer.append(rejection.code)
        outbox.beginHeader(DeadLetterHeader.position.rawValue)
        predictionWriter.appendPosition(
            SourcePosition(
                topic: origin.stream.rawValue, partition: origin.partition, offset: origin.offset),
            to: &outbox.writer)
        if let field = error?.field, let schema {
            outbox.beginHeader(DeadLetterHeader.field.rawValue)
            outbox.writer.append(schema.fields[field].name)
        }
        if let error, let schema {
            outbox.beginHeader(DeadLetterHeader.detail.rawValue)
            outbox.writer.append(error.text(for: schema, message: value))
        }
        if let byte = error?.byte {
            outbox.beginHeader(DeadLetterHeader.byte.rawValue)
            outbox.writer.append(decimal: Int64(byte))
        }
        let kept = min(value.byteCount, settings.deadLetterBytesMax)
        if kept < value.byteCount {
            outbox.beginHeader(DeadLetterHeader.length.rawValue)
            outbox.writer.append(decimal: Int64(value.byteCount))
        }
        outbox.beginValue()
        outbox.writer.append(value.extracting(first: kept))
        outbox.end(to: .deadLetters, at: origin.timestampMillis)
    }
}
