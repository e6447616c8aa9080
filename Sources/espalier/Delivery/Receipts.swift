internal import Bytes
internal import Events
internal import Kafka
internal import Pipeline

/// Where a prediction's event stands.
struct EventPlace: Hashable, Comparable, CustomStringConvertible {
    var partition: Int
    var offset: Int64

    static func < (a: EventPlace, b: EventPlace) -> Bool {
        (a.partition, a.offset) < (b.partition, b.offset)
    }

    var description: String { "\(partition)/\(offset)" }
}

extension EventPlace {
    /// From a prediction's header `topic/partition/offset`; nil for anything else.
    init?(source: String) {
        guard let place = PartitionOffset(position: source) else { return nil }
        self.init(partition: place.partition.partition, offset: place.offset)
    }
}

/// One prediction message: everything that whoever reads it gets, as one hash, and where its event
/// stands.
struct Receipt {
    var place: EventPlace
    /// Event time, milliseconds since the Unix epoch.
    var timeMillis: Int64
    /// XXH3-64 over key, value, headers and time.
    var digest: UInt64
}

extension Receipt {
    /// Of a message as it stands in its topic; nil for what is no prediction.
    init?(_ batch: borrowing MessageBatch, _ index: Int) {
        let headers = batch.headers(index)
        var digest = Self.begin(batch.key(index), batch.payload(index))
        var source: String?
        for place in 0..<headers.count {
            guard let value = headers.value(place) else { continue }
            let name = headers.name(place)
            digest = StableHash.of(value, seed: StableHash.of(name, seed: digest))
            guard name == PredictionHeader.source.rawValue else { continue }
            source = String(decoding: value.copy, as: UTF8.self)
        }
        self.init(source, batch.timestampMillis(index) ?? 0, digest)
    }

    /// Of a message that was derived again.
    init?(_ message: Outbox.Message, of outbox: borrowing Outbox) {
        var digest: UInt64
        if let key = message.key {
            digest = Self.begin(outbox.bytes(key), outbox.bytes(message.value))
        } else {
            digest = Self.begin(nil, outbox.bytes(message.value))
        }
        var source: String?
        for header in outbox.headers[message.headers] {
            let value = outbox.bytes(header.value)
            digest = StableHash.of(value, seed: StableHash.of(header.name, seed: digest))
            guard header.name == PredictionHeader.source.rawValue else { continue }
            source = String(decoding: value.copy, as: UTF8.self)
        }
        self.init(source, message.timestampMillis, digest)
    }

    private init?(_ source: String?, _ timeMillis: Int64, _ digest: UInt64) {
        guard let source, let place = EventPlace(source: source) else { return nil }
        self.place = place
        self.timeMillis = timeMillis
        self.digest = StableHash.mix(digest ^ UInt64(bitPattern: timeMillis))
    }

    private static func begin(_ key: RawSpan?, _ value: RawSpan?) -> UInt64 {
        var digest: UInt64 = 0
        if let key { digest = StableHash.of(key, seed: 1) }
        if let value { digest = StableHash.of(value, seed: digest) }
        return digest
    }
}

/// Predictions as derived again, and what became of them in their topic. Some 60 bytes each.
struct Receipts {
    /// What a message in the topic turned out to be.
    enum Verdict {
        case matched, repeated, differs
        /// Its event is in no batch of the journal.
        case unknown
    }

    private var digests: [EventPlace: UInt64] = [:]
    private var seen: Set<EventPlace> = []
    private(set) var counts: [Verdict: Int] = [:]
    /// The first event, by partition and offset, whose published prediction is another.
    private(set) var firstDifference: EventPlace?

    var derived: Int { digests.count }

    mutating func expect(_ receipt: Receipt) { digests[receipt.place] = receipt.digest }

    /// Compares a message of the topic.
    @discardableResult
    mutating func compare(_ receipt: Receipt) -> Verdict {
        let verdict = verdict(of: receipt)
        counts[verdict, default: 0] += 1
        if verdict == .differs {
            firstDifference = min(firstDifference ?? receipt.place, receipt.place)
        }
        return verdict
    }

    private mutating func verdict(of receipt: Receipt) -> Verdict {
        guard let expected = digests[receipt.place] else { return .unknown }
        let isFirst = seen.insert(receipt.place).inserted
        guard receipt.digest == expected else { return .differs }
        return isFirst ? .matched : .repeated
    }

    /// Events whose prediction is not in the topic.
    var missing: Int { digests.count - seen.count }

    var firstMissing: EventPlace? { digests.keys.filter { !seen.contains($0) }.min() }
}
