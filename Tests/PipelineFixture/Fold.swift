internal import Bytes
public import Pipeline

/// A message as a pipeline wrote it, copied.
public struct WrittenMessage: Hashable, Sendable {
    public var isPrediction: Bool
    public var key: [UInt8]?
    public var value: [UInt8]
    public var headers: [String: String]

    public init(isPrediction: Bool, key: [UInt8]?, value: [UInt8], headers: [String: String]) {
        self.isPrediction = isPrediction
        self.key = key
        self.value = value
        self.headers = headers
    }

    public var text: String { String(decoding: value, as: UTF8.self) }
    public var source: String { headers["espalier-source"] ?? "" }
    public var reason: String { headers["espalier-reason"] ?? "" }
}

extension WrittenMessage {
    /// Copies of what an outbox holds.
    public static func all(in outbox: borrowing Outbox) -> [WrittenMessage] {
        var messages: [WrittenMessage] = []
        for message in outbox.messages {
            var headers: [String: String] = [:]
            for header in outbox.headers[message.headers] {
                headers[header.name] = String(
                    decoding: outbox.bytes(header.value).copy, as: UTF8.self)
            }
            messages.append(
                WrittenMessage(
                    isPrediction: message.destination == .predictions,
                    key: message.key.map { outbox.bytes($0).copy },
                    value: outbox.bytes(message.value).copy, headers: headers))
        }
        return messages
    }
}

extension RawSpan {
    public var copy: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

/// A pipeline stepped through records one after the other, and everything that it wrote.
public struct Fold: ~Copyable {
    public var pipeline: EventPipeline
    public private(set) var written: [WrittenMessage] = []
    private var outbox = Outbox()

    public init(_ settings: PipelineSettings) throws { pipeline = try EventPipeline(settings) }

    /// Goes on with a pipeline that was made elsewhere.
    public init(_ pipeline: consuming EventPipeline) { self.pipeline = pipeline }

    public init(_ settings: PipelineSettings, _ records: [InputRecord]) throws {
        try self.init(settings)
        for record in records { step(record) }
    }

    /// Lets the pipeline decode a record before its step.
    public mutating func lookAhead(to record: InputRecord) {
        let value = record.value ?? []
        pipeline.lookAhead(to: record.origin, value: unsafe value.span.bytes)
    }

    /// - Returns: what this step wrote.
    @discardableResult
    public mutating func step(_ record: InputRecord) -> [WrittenMessage] {
        let key = record.key.map { Array($0.utf8) }
        let value = record.value ?? []
        outbox.removeAll()
        if let key {
            unsafe pipeline.step(
                record.origin, key: key.span.bytes, value: value.span.bytes, into: &outbox)
        } else {
            unsafe pipeline.step(record.origin, key: nil, value: value.span.bytes, into: &outbox)
        }
        let new = WrittenMessage.all(in: outbox)
        written += new
        return new
    }

    public var predictions: [WrittenMessage] { written.filter(\.isPrediction) }
    public var state: FoldedState { FoldedState(pipeline.status) }
    /// Everything that the learner is.
    public var learned: [UInt8] { pipeline.learner.map { $0.bytes } ?? [] }
}
