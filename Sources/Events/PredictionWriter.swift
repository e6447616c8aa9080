public import Bytes
internal import JSON

/// Writes prediction messages (`schemas/prediction.schema.json`) from pieces prepared once.
///
/// Numbers that are not finite become `null`. Allocates nothing but the output's own growth.
public struct PredictionWriter: Sendable {
    private var model: Fragments
    private let reasons: Fragments
    private let values: Fragments
    private let topics: Fragments

    /// - Parameters:
    ///   - model: the version that scores, for `model`.
    ///   - features: names by feature number.
    ///   - topics: names by `SourcePosition.topic`.
    public init(model: String, features: [String], topics: [String]) {
        self.model = Self.fragment(model: model)
        reasons = Fragments(features) { name, writer in
            writer.append("{\"feature\":")
            writer.append(quoted: name)
            writer.append(",\"contribution\":")
        }
        values = Fragments(features) { name, writer in writer.append(key: name) }
        self.topics = Fragments(topics) { name, writer in
            writer.append("],\"source\":{\"topic\":")
            writer.append(quoted: name)
            writer.append(",\"partition\":")
        }
    }

    /// Names another model version from now on. Allocates; for use between batches.
    public mutating func setModel(_ model: String) {
        self.model = Self.fragment(model: model)
    }

    private static func fragment(model: String) -> Fragments {
        Fragments([model]) { name, writer in
            writer.append(",\"model\":")
            writer.append(quoted: name)
            writer.append(",\"reasons\":[")
        }
    }

    /// Appends one message without the feature values.
    ///
    /// - Parameters:
    ///   - id: which slot of `row` is the event's id.
    ///   - reasons: in the order to publish them.
    public func append(
        _ prediction: Prediction, id: EventID, of row: borrowing EventRow,
        reasons: borrowing Span<Prediction.Reason>, to writer: inout ByteWriter
    ) {
        appendHead(prediction, id, row, reasons, to: &writer)
        writer.append("}" as StaticString)
    }

    /// Appends one message with the value of every feature, by feature number; NaN becomes `null`.
    public func append(
        _ prediction: Prediction, id: EventID, of row: borrowing EventRow,
        reasons: borrowing Span<Prediction.Reason>, features: borrowing Span<Double>,
        to writer: inout ByteWriter
    ) {
        appendHead(prediction, id, row, reasons, to: &writer)
        writer.append(",\"features\":{" as StaticString)
        for feature in features.indices {
            if feature > 0 { writer.append(UInt8(ascii: ",")) }
            values.append(feature, to: &writer)
            writer.append(number: features[feature])
        }
        writer.append("}}" as StaticString)
    }

    private func appendHead(
        _ prediction: Prediction, _ id: EventID, _ row: borrowing EventRow,
        _ reasons: borrowing Span<Prediction.Reason>, to writer: inout ByteWriter
    ) {
        writer.append("{\"id\":" as StaticString)
        id.append(of: row, to: &writer)
        writer.append(",\"time\":" as StaticString)
        writer.append(decimal: prediction.time)
        writer.append(",\"score\":" as StaticString)
        writer.append(number: prediction.score)
        writer.append(",\"margin\":" as StaticString)
        writer.append(number: prediction.margin)
        model.append(0, to: &writer)
        for place in reasons.indices {
            if place > 0 { writer.append(UInt8(ascii: ",")) }
            self.reasons.append(reasons[place].feature, to: &writer)
            writer.append(number: Float(reasons[place].contribution))
            writer.append(UInt8(ascii: "}"))
        }
        topics.append(prediction.source.topic, to: &writer)
        writer.append(decimal: Int64(prediction.source.partition))
        writer.append(",\"offset\":" as StaticString)
        writer.append(decimal: prediction.source.offset)
        writer.append(UInt8(ascii: "}"))
    }
}
