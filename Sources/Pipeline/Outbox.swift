internal import Bytes

/// Messages written by a batch of steps and not yet handed to a producer: one buffer of bytes, and
/// ranges of it.
public struct Outbox: ~Copyable {
    /// The topic that a message goes to.
    public enum Destination: Sendable {
        case predictions, deadLetters, features, drift, alerts
    }

    /// One message as ranges of the outbox's bytes.
    public struct Message: Sendable {
        public var destination: Destination
        /// Nil for a record without a key.
        public var key: Range<Int>?
        public var value: Range<Int>
        public var timestampMillis: Int64
        /// Its part of `headers`.
        public var headers: Range<Int>
    }

    /// One header of a message.
    public struct Header: Sendable {
        public var name: String
        public var value: Range<Int>
    }

    public private(set) var messages: [Message] = []
    public private(set) var headers: [Header] = []
    var writer = ByteWriter(reservingCapacity: 1 << 16)
    // The message being written.
    private var key: Range<Int>?
    private var firstHeader = 0
    private var partStart = 0

    public init() {}

    public mutating func removeAll() {
        messages.removeAll(keepingCapacity: true)
        headers.removeAll(keepingCapacity: true)
        writer.removeAll()
    }

    /// What is waiting, in bytes.
    public var byteCount: Int { writer.count }

    /// The bytes of a key, a value or a header.
    @_lifetime(borrow self)
    public func bytes(_ range: Range<Int>) -> RawSpan { writer.bytes.extracting(range) }

    /// A state of the outbox to go back to.
    public struct Mark {
        var messages: Int
        var headers: Int
        var bytes: Int
    }

    public var mark: Mark {
        Mark(messages: messages.count, headers: headers.count, bytes: writer.count)
    }

    /// Forgets what was written since the mark.
    public mutating func rewind(to mark: Mark) {
        messages.removeLast(messages.count - mark.messages)
        headers.removeLast(headers.count - mark.headers)
        writer.removeLast(writer.count - mark.bytes)
    }

    // MARK: Writing one message: begin, headers, value, end; bytes go into `writer`

    mutating func begin(key: RawSpan?) {
        firstHeader = headers.count
        self.key = nil
        if let key {
            let start = writer.count
            writer.append(key)
            self.key = start..<writer.count
        }
        partStart = writer.count
    }

    /// What is written from here on is the header's value.
    mutating func beginHeader(_ name: String) {
        endPart()
        headers.append(Header(name: name, value: writer.count..<writer.count))
    }

    /// What is written from here on is the message's value.
    mutating func beginValue() { endPart() }

    /// Ends a header, if one was begun.
    private mutating func endPart() {
        if headers.count > firstHeader {
            let last = headers.count - 1
            headers[last].value = headers[last].value.lowerBound..<writer.count
        }
        partStart = writer.count
    }

    mutating func end(to destination: Destination, at timestampMillis: Int64) {
        messages.append(
            Message(
                destination: destination, key: key, value: partStart..<writer.count,
                timestampMillis: timestampMillis, headers: firstHeader..<headers.count))
    }
}
