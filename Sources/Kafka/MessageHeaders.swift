internal import CRdKafka

/// The headers of one record, lent like the record itself.
@safe public struct MessageHeaders: ~Escapable {
    public let count: Int
    private let list: OpaquePointer?

    @_lifetime(borrow batch)
    init(_ batch: borrowing MessageBatch, _ index: Int) {
        var list: OpaquePointer?
        let code = unsafe rd_kafka_message_headers(batch.message(index), &list)
        unsafe self.list = code == RD_KAFKA_RESP_ERR_NO_ERROR ? list : nil
        unsafe count = self.list.map { unsafe rd_kafka_header_cnt($0) } ?? 0
    }

    /// `index` must be below `count`.
    public func name(_ index: Int) -> String { unsafe String(cString: header(index).name) }

    /// Nil for a null value, which is not the same as an empty one.
    @_lifetime(copy self)
    public func value(_ index: Int) -> RawSpan? {
        let header = unsafe header(index)
        guard let start = unsafe header.value else { return nil }
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: header.count)
        return unsafe _overrideLifetime(span, copying: self)
    }

    private typealias Header = (name: UnsafePointer<CChar>, value: UnsafeRawPointer?, count: Int)

    private func header(_ index: Int) -> Header {
        precondition(index >= 0 && index < count, "header \(index) of \(count)")
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        unsafe rd_kafka_header_get_all(list, index, &name, &value, &size)
        return unsafe (name.unsafelyUnwrapped, value, size)
    }
}

extension MessageBatch {
    /// The headers of the record at `index`, parsed on the first request.
    @_lifetime(borrow self)
    public func headers(_ index: Int) -> MessageHeaders { MessageHeaders(self, index) }
}
