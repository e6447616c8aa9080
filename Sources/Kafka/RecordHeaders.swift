internal import CRdKafka

/// Headers for records to send: one buffer that is emptied and filled again for each record.
public struct RecordHeaders: ~Copyable {
    private struct Header {
        let name: String
        let start: Int
        /// Negative for a null value.
        let count: Int
    }

    private var headers: [Header] = []
    private var bytes: [UInt8] = []

    public init() {}

    public var isEmpty: Bool { headers.isEmpty }

    /// Keeps the capacity.
    public mutating func removeAll() {
        headers.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// - Parameter value: nil for a null value, which is not the same as an empty one.
    public mutating func append(_ name: String, _ value: RawSpan?) {
        let start = bytes.count
        guard let value else {
            headers.append(Header(name: name, start: start, count: -1))
            return
        }
        unsafe value.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        headers.append(Header(name: name, start: start, count: value.byteCount))
    }

    /// A library list with a copy of these headers; whoever sends it gives it away.
    func makeList() -> OpaquePointer {
        let list = unsafe rd_kafka_headers_new(headers.count)!
        unsafe bytes.withUnsafeBytes { buffer in
            for header in headers {
                let value = unsafe header.count < 0 ? nil : buffer.baseAddress! + header.start
                unsafe rd_kafka_header_add(list, header.name, -1, value, header.count)
            }
        }
        return unsafe list
    }
}
