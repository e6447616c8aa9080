internal import Bytes

/// Part of the frame of a `UsageTable`.
extension ReadTable {
    private static let countsBytes = 24

    func append(to writer: inout ByteWriter) {
        writer.append(count: consumers.count)
        for consumer in consumers {
            writer.append(counted: consumer.name)
            writer.append(count: consumer.features.count)
            for counts in consumer.features {
                writer.append(fixed: counts?.reads ?? 0)
                writer.append(fixed: counts?.firstMillis ?? 0)
                writer.append(fixed: counts?.lastMillis ?? 0)
            }
        }
    }

    init(from reader: inout ByteReader, countMax: Int) throws(FormatError) {
        var consumers: [Consumer] = []
        for _ in 0..<(try reader.readCount("consumers", max: Self.consumersMax + 1)) {
            let name = try reader.readText("consumer", bytesMax: Self.nameBytesMax)
            guard !consumers.contains(where: { $0.name == name }) else {
                throw .invalid(field: "consumer", at: reader.offset)
            }
            var consumer = Consumer(name: name)
            for _ in 0..<(try reader.readCount("features", itemBytes: Self.countsBytes)) {
                consumer.features.append(try Self.counts(from: &reader, max: countMax))
            }
            consumers.append(consumer)
        }
        self.init(consumers)
    }

    private static func counts(
        from reader: inout ByteReader, max: Int
    ) throws(FormatError) -> ReadCounts? {
        let reads = UInt64(try reader.readCount("reads", max: max))
        let (first, last) = (try reader.readInt64(), try reader.readInt64())
        guard first <= last else { throw .invalid(field: "last read", at: reader.offset) }
        return reads > 0 ? ReadCounts(reads: reads, firstMillis: first, lastMillis: last) : nil
    }
}
