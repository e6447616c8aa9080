internal import CRdKafka

/// Headers for a record to send; sending it gives them away and leaves none.
@safe public struct RecordHeaders: ~Copyable {
    /// Nil while there are none.
    private var list: OpaquePointer?

    public init() { unsafe list = nil }

    deinit { if let list = unsafe list { unsafe rd_kafka_headers_destroy(list) } }

    public var isEmpty: Bool { unsafe list == nil }

    public mutating func removeAll() {
        if let list = unsafe list { unsafe rd_kafka_headers_destroy(list) }
        unsafe list = nil
    }

    /// Copies name and value.
    ///
    /// - Parameter value: nil for a null value, which is not the same as an empty one.
    public mutating func append(_ name: String, _ value: RawSpan?) {
        let list = unsafe self.list ?? rd_kafka_headers_new(Self.usualCount)!
        unsafe self.list = list
        guard let value else {
            unsafe rd_kafka_header_add(list, name, -1, nil, -1)
            return
        }
        unsafe value.withUnsafeBytes { bytes in
            // An empty value must not look like a null one.
            let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(list)
            _ = unsafe rd_kafka_header_add(list, name, -1, start, bytes.count)
        }
    }

    private static let usualCount = 4

    /// Lends the list to `send`; the library keeps it if that succeeds.
    mutating func send(
        _ body: (OpaquePointer?) -> rd_kafka_resp_err_t
    ) -> rd_kafka_resp_err_t {
        let code = unsafe body(list)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { unsafe list = nil }
        return code
    }
}
