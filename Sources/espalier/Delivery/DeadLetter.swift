internal import Bytes
internal import Events
internal import Kafka

/// One dead letter, copied: what was turned away, why, and where both stand.
struct DeadLetter {
    var place: PartitionOffset
    var timestampMillis: Int64
    var key: [UInt8]?
    var value: [UInt8]
    var headers: [String: String]

    subscript(header: DeadLetterHeader) -> String? { headers[header.rawValue] }

    var reason: String { self[.reason] ?? "unknown" }

    /// Whether this says of another letter that it was dealt with; its key is that one's place.
    var isMarker: Bool { self[.settled] != nil }

    /// Whether the value was too long to be kept whole.
    var isCut: Bool { self[.length] != nil }

    /// Where the message came from; nil where the header says nothing of use.
    var source: TopicPartition? {
        self[.position].flatMap { PartitionOffset(position: $0) }?.partition
    }
}

extension DeadLetter {
    init(_ partition: TopicPartition, _ batch: borrowing MessageBatch, _ index: Int) {
        let found = batch.headers(index)
        headers = [:]
        for place in 0..<found.count {
            guard let value = found.value(place) else { continue }
            headers[found.name(place)] = String(decoding: value.copy, as: UTF8.self)
        }
        if let bytes = batch.key(index) { key = bytes.copy }
        value = []
        if let bytes = batch.payload(index) { value = bytes.copy }
        place = PartitionOffset(partition, batch.offset(index))
        timestampMillis = batch.timestampMillis(index) ?? 0
    }
}

extension RawSpan {
    /// The bytes, for when they must live on.
    var copy: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
