public import Bytes
internal import JSON

/// Writes prediction messages (`schemas/prediction.schema.json`) from pieces prepared once: head,
/// reasons, source, features if they are wanted, end.
///
/// Numbers that are not finite become `null`. Allocates nothing but the output's own growth.
public struct PredictionWriter: ~Copyable {
    private var model: Fragments
    private var version: Fragments
    private let reasons: Fragments
    private let values: Fragments
    private let topics: Fragments
    private let names: Fragments

    /// - Parameters:
    ///   - model: the version that scores, for `model`.
    ///   - features: names by feature number.
    ///   - topics: names by `SourcePosition.topic`.
    public init(model: String, features: [String], topics: [String]) {
        self.model = Self.fragment(model: model)
        version = Fragments([model]) { name, writer in writer.append(name) }
        reasons = Fragments(features) { name, writer in
            writer.append("{\"feature\":")
            writer.append(quoted: name)
            writer.append(",\"contribution\":")
        }
        values = Fragments(features) { name, writer in writer.append(key: name) }
        names = Fragments(topics) { name, writer in writer.append(name) }
        self.topics = Fragments(topics) { name, writer in
            writer.append("],\"source\":{\"topic\":")
            writer.append(quoted: name)
            writer.append(",\"partition\":")
        }
    }

    /// Names another model version from now on. Allocates; for use between batches.
    public mutating func setModel(_ model: String) {
        self.model = Self.fragment(model: model)
        version = Fragments([model]) { name, writer in writer.append(name) }
    }

    private static func fragment(model: String) -> Fragments {
        Fragments([model]) { name, writer in
            writer.append(",\"model\":")
            writer.append(quoted: name)
            writer.append(",\"reasons\":[")
        }
    }

    /// The model's version alone.
    public func appendModel(to writer: inout ByteWriter) { version.append(0, to: &writer) }

    /// `topic/partition/offset`
    public func appendPosition(_ source: SourcePosition, to writer: inout ByteWriter) {
        names.append(source.topic, to: &writer)
        writer.append(UInt8(ascii: "/"))
        writer.append(decimal: Int64(source.partition))
        writer.append(UInt8(ascii: "/"))
        writer.append(decimal: source.offset)
    }

    /// Begins a message.
    ///
    /// - Parameter id: which slot of `row` is the event's id.
    public func appendHead(
        _ prediction: Prediction, id: EventID, of row: borrowing EventRow,
        to writer: inout ByteWriter
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
    }

    /// One feature's part of the margin.
    ///
    /// - Parameters:
    ///   - place: 0 for the first reason, and so on.
    ///   - feature: its place in the list that the writer was made with.
    ///   - contribution: `w·(x - mean)`, in units of the margin; published in single precision.
    public func appendReason(
        at place: Int, feature: Int, contribution: Double, to writer: inout ByteWriter
    ) {
        if place > 0 { writer.append(UInt8(ascii: ",")) }
        reasons.append(feature, to: &writer)
        writer.append(number: Float(contribution))
        writer.append(UInt8(ascii: "}"))
    }

    /// Where the event stands in its topic.
    public func appendSource(_ source: SourcePosition, to writer: inout ByteWriter) {
        topics.append(source.topic, to: &writer)
        writer.append(decimal: Int64(source.partition))
        writer.append(",\"offset\":" as StaticString)
        writer.append(decimal: source.offset)
        writer.append(UInt8(ascii: "}"))
    }

    /// The value of every feature, by feature number; NaN becomes `null`.
    public func appendFeatures(_ values: borrowing Span<Double>, to writer: inout ByteWriter) {
        writer.append(",\"features\":{" as StaticString)
        for feature in values.indices {
            if feature > 0 { writer.append(UInt8(ascii: ",")) }
            self.values.append(feature, to: &writer)
            writer.append(number: values[feature])
        }
        writer.append(UInt8(ascii: "}"))
    }

    /// Ends the message.
    public func appendEnd(to writer: inout ByteWriter) { writer.append(UInt8(ascii: "}")) }
}
