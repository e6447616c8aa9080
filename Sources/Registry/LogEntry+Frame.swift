internal import Bytes

/// An entry as a frame of kind `registryEntry`; numbers little-endian, texts counted. Version 1
/// wherever that says all, otherwise 2:
///
///     | sequence u64 | previous | time i64 | who | why | model | action u8 | fields |
///
///     1 registered:   | version u32 | digest | bytes u64 | source | approved | rules |
///     2 pointed:      | alias | version u32 |
///     3 rolled back:  | alias | version u32 |
///     4 alias removed | alias |
///     5 tagged:       | version u32 | key | value |
///     6 signed:       | version u32 | key | signature |
///     7 served:       | service | version u32 | n u32 | n × (topic, partition u32, offset i64) |
///     8 approved:     | version u32 | features |
///
///     features, approved: | n u32 | n × feature |
///     rules, not in version 1, features each:
///                     | kept | forbidden | sensitive | positive | negative |
extension LogEntry {
    static let frameVersion: UInt16 = 2
    static let textBytesMax = 4_096
    /// Features approved at once, and partitions of one entry.
    static let itemsMax = 10_000

    func append(to writer: inout ByteWriter) {
        let version = action.version
        writer.appendFrame(.registryEntry, version: version) { payload in
            payload.append(fixed: sequence)
            payload.append(counted: previous)
            payload.append(fixed: attribution.timeMillis)
            payload.append(counted: attribution.who)
            payload.append(counted: attribution.why)
            payload.append(counted: model)
            action.append(to: &payload, version: version)
        }
    }

    /// Reads the entry at the front of `bytes` and says how long it is.
    init(_ bytes: RawSpan, byteCount: inout Int) throws(FormatError) {
        let frame = try Frame(bytes, kind: .registryEntry, newestVersion: Self.frameVersion)
        var reader = ByteReader(frame.payload)
        sequence = try reader.readUInt64()
        previous = try reader.readText("previous", bytesMax: 64)
        let time = try reader.readInt64()
        attribution = Attribution(
            who: try reader.readText("who", bytesMax: Attribution.whoBytesMax),
            why: try reader.readText("why", bytesMax: Attribution.whyBytesMax), timeMillis: time)
        model = try reader.readText("model", bytesMax: RegistryNames.bytesMax)
        action = try Action(&reader, version: frame.version)
        try reader.end()
        byteCount = frame.byteCount
    }
}

extension LogEntry.Action {
    /// The oldest version of the frame that can hold it.
    fileprivate var version: UInt16 {
        switch self {
        case .registered(let registration): registration.rules == FeatureRules() ? 1 : 2
        case .approved: 2
        default: 1
        }
    }

    fileprivate func append(to payload: inout ByteWriter, version frameVersion: UInt16) {
        switch self {
        case .registered(let registration):
            payload.append(fixed: UInt8(1))
            registration.append(to: &payload, version: frameVersion)
        case .pointed(let alias, let version):
            payload.append(fixed: UInt8(2))
            payload.append(counted: alias)
            payload.append(version: version)
        case .rolledBack(let alias, let version):
            payload.append(fixed: UInt8(3))
            payload.append(counted: alias)
            payload.append(version: version)
        case .aliasRemoved(let alias):
            payload.append(fixed: UInt8(4))
            payload.append(counted: alias)
        case .tagged(let version, let key, let value):
            payload.append(fixed: UInt8(5))
            payload.append(version: version)
            payload.append(counted: key)
            payload.append(counted: value)
        case .signed(let version, let signature):
            payload.append(fixed: UInt8(6))
            payload.append(version: version)
            payload.append(counted: signature.key)
            payload.append(counted: signature.hex)
        case .served(let serving):
            payload.append(fixed: UInt8(7))
            serving.append(to: &payload)
        case .approved(let version, let features):
            payload.append(fixed: UInt8(8))
            payload.append(version: version)
            payload.append(features: features)
        }
    }

    fileprivate init(_ reader: inout ByteReader, version: UInt16) throws(FormatError) {
        let start = reader.offset
        switch try reader.readUInt8() {
        case 1: self = .registered(try LogEntry.Registration(&reader, version: version))
        case 2:
            let alias = try reader.readText("alias", bytesMax: RegistryNames.bytesMax)
            self = .pointed(alias: alias, version: try reader.readVersion())
        case 3:
            let alias = try reader.readText("alias", bytesMax: RegistryNames.bytesMax)
            self = .rolledBack(alias: alias, version: try reader.readVersion())
        case 4:
            self = .aliasRemoved(
                alias: try reader.readText("alias", bytesMax: RegistryNames.bytesMax))
        case 5:
            let version = try reader.readVersion()
            let key = try reader.readText("key", bytesMax: RegistryNames.bytesMax)
            let value = try reader.readText("value", bytesMax: LogEntry.textBytesMax)
            self = .tagged(version: version, key: key, value: value)
        case 6:
            let version = try reader.readVersion()
            let key = try reader.readText("key", bytesMax: 64)
            let hex = try reader.readText("signature", bytesMax: 128)
            self = .signed(version: version, Signature(key: key, hex: hex))
        case 7: self = .served(try LogEntry.Serving(&reader))
        case 8:
            let version = try reader.readVersion()
            self = .approved(version: version, try reader.readFeatures("approved"))
        default: throw .invalid(field: "action", at: start)
        }
    }
}

extension LogEntry.Registration {
    fileprivate func append(to payload: inout ByteWriter, version frameVersion: UInt16) {
        payload.append(version: version)
        payload.append(counted: digest)
        payload.append(count: byteCount)
        payload.append(counted: source)
        payload.append(features: approved)
        if frameVersion > 1 { rules.append(to: &payload) }
    }

    fileprivate init(_ reader: inout ByteReader, version frameVersion: UInt16) throws(FormatError) {
        version = try reader.readVersion()
        let start = reader.offset
        digest = try reader.readText("digest", bytesMax: 64)
        guard ContentDigest(hex: digest) != nil else { throw .invalid(field: "digest", at: start) }
        byteCount = try reader.readCount("bytes", max: ModelRegistry.artifactBytesMax)
        source = try reader.readText("source", bytesMax: LogEntry.textBytesMax)
        approved = try reader.readFeatures("approved")
        if frameVersion > 1 { rules = try FeatureRules(&reader) }
    }
}

extension FeatureRules {
    fileprivate func append(to payload: inout ByteWriter) {
        for features in [kept, forbidden, sensitive] { payload.append(features: features.sorted()) }
        for sign in [Sign.positive, .negative] {
            payload.append(features: signs.filter { $0.value == sign }.keys.sorted())
        }
    }

    fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
        kept = Set(try reader.readFeatures("kept"))
        forbidden = Set(try reader.readFeatures("forbidden"))
        sensitive = Set(try reader.readFeatures("sensitive"))
        for sign in [Sign.positive, .negative] {
            for feature in try reader.readFeatures(sign.rawValue) { signs[feature] = sign }
        }
    }
}

extension LogEntry.Serving {
    fileprivate func append(to payload: inout ByteWriter) {
        payload.append(counted: service)
        payload.append(version: version)
        payload.append(fixed: UInt32(positions.count))
        for position in positions {
            payload.append(counted: position.topic)
            payload.append(fixed: UInt32(truncatingIfNeeded: position.partition))
            payload.append(fixed: position.offset)
        }
    }

    fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
        service = try reader.readText("service", bytesMax: LogEntry.textBytesMax)
        version = Int(try reader.readUInt32())
        positions = []
        for _ in 0..<(try reader.readItems("positions")) {
            let topic = try reader.readText("topic", bytesMax: LogEntry.textBytesMax)
            let partition = Int(try reader.readUInt32())
            positions.append(
                SourceOffset(topic: topic, partition: partition, offset: try reader.readInt64()))
        }
    }
}

extension ByteWriter {
    fileprivate mutating func append(version: Int) {
        append(fixed: UInt32(truncatingIfNeeded: version))
    }

    fileprivate mutating func append(features: [String]) {
        append(fixed: UInt32(features.count))
        for feature in features { append(counted: feature) }
    }
}

extension ByteReader {
    /// A version number, from 1.
    @_lifetime(self: copy self)
    fileprivate mutating func readVersion() throws(FormatError) -> Int {
        let start = offset
        let version = Int(try readUInt32())
        guard version > 0 else { throw .invalid(field: "version", at: start) }
        return version
    }

    @_lifetime(self: copy self)
    fileprivate mutating func readFeatures(_ field: String) throws(FormatError) -> [String] {
        var features: [String] = []
        for _ in 0..<(try readItems(field)) {
            features.append(try readText("feature", bytesMax: LogEntry.textBytesMax))
        }
        return features
    }

    @_lifetime(self: copy self)
    fileprivate mutating func readItems(_ field: String) throws(FormatError) -> Int {
        let start = offset
        let count = Int(try readUInt32())
        guard count <= LogEntry.itemsMax else { throw .invalid(field: field, at: start) }
        return count
    }
}
