internal import CPrefetch
internal import CRdKafka

/// Records lent by a partition's queue, in order; refilled and reused, never copied.
///
/// Keeps the consumer's library instance alive while it holds records.
@safe public struct MessageBatch: ~Copyable {
    typealias Message = UnsafeMutablePointer<rd_kafka_message_t>

    /// At most this many records at a time.
    public let capacity: Int
    public private(set) var count = 0
    private let messages: UnsafeMutablePointer<Message?>
    private var client: Client?

    public init(capacity: Int) {
        precondition(capacity > 0, "a batch of \(capacity) records holds nothing")
        self.capacity = capacity
        unsafe messages = .allocate(capacity: capacity)
        unsafe messages.initialize(repeating: nil, count: capacity)
    }

    deinit {
        unsafe Self.giveBack(messages, count)
        unsafe messages.deallocate()
    }

    public var isEmpty: Bool { count == 0 }

    /// Gives all records back to the library.
    public mutating func removeAll() {
        unsafe Self.giveBack(messages, count)
        count = 0
    }

    /// - Parameter takeNotice: sees each end mark or error, which then is given back.
    mutating func replaceAll(
        from queue: OpaquePointer, of client: Client,
        takeNotice: (rd_kafka_message_t) -> Void
    ) {
        removeAll()
        self.client = client
        let found = unsafe rd_kafka_consume_batch_queue(queue, 0, messages, capacity)
        for i in 0..<max(0, found) {
            guard let message = unsafe messages[i] else { continue }
            if unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                unsafe messages[count] = message
                count += 1
            } else {
                unsafe takeNotice(message.pointee)
                unsafe rd_kafka_message_destroy(message)
            }
        }
    }

    private static func giveBack(_ messages: UnsafeMutablePointer<Message?>, _ count: Int) {
        for i in 0..<count { unsafe rd_kafka_message_destroy(messages[i]) }
    }

    private static let recordsAhead = 8
    private static let payloadsAhead = 4

    /// Asks for the memory of the records that follow `index` at some distance.
    public func prefetch(behind index: Int) {
        if index + Self.recordsAhead < count {
            unsafe cprefetch(message(index + Self.recordsAhead))
        }
        guard index + Self.payloadsAhead < count,
            let payload = unsafe message(index + Self.payloadsAhead).pointee.payload
        else { return }
        unsafe cprefetch(payload)
        unsafe cprefetch(payload + Self.lineBytes)
    }

    private static let lineBytes = 64

    /// The record at `index`, which must be below `count`.
    @inline(__always)
    func message(_ index: Int) -> Message {
        precondition(index >= 0 && index < count, "record \(index) of \(count)")
        return unsafe messages[index].unsafelyUnwrapped
    }
}

/// What a record holds, lent until the batch is refilled. `index` must be below `count`.
extension MessageBatch {
    /// Nil for a null value (a tombstone), which is not the same as an empty one.
    @_lifetime(borrow self)
    public func payload(_ index: Int) -> RawSpan? {
        let message = unsafe message(index)
        return unsafe lend(message.pointee.payload, message.pointee.len)
    }

    /// Nil for a record without key, which is not the same as an empty one.
    @_lifetime(borrow self)
    public func key(_ index: Int) -> RawSpan? {
        let message = unsafe message(index)
        return unsafe lend(message.pointee.key, message.pointee.key_len)
    }

    /// The record's place in its partition.
    public func offset(_ index: Int) -> Int64 { unsafe message(index).pointee.offset }

    /// Milliseconds since the Unix epoch, as the topic is configured: when the record was made or
    /// when it was appended; nil in logs older than timestamps.
    public func timestampMillis(_ index: Int) -> Int64? {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let millis = unsafe rd_kafka_message_timestamp(message(index), &kind)
        return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : millis
    }

    @_lifetime(borrow self)
    private func lend(_ start: UnsafeMutableRawPointer?, _ count: Int) -> RawSpan? {
        guard let start = unsafe start else { return nil }
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}
