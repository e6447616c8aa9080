public import Bytes

/// The counts as a frame of kind `usageTable`, version 2; all numbers little-endian:
///
///     | inputs u64 | models u64 | (models + 1) × ( | name text | events u64 | inputs × counts | )
///     | consumers u64 | consumers × ( | name text | features u64 | features × reads | )
///     counts: | present u64 | weighed u64 | moved f64 | top reasons u64 | crossings u64 |
///             | used u8 | first use i64 | last use i64 |                                 57 bytes
///     reads:  | reads u64 | first i64 | last i64 |                    24 bytes; all 0 for none
///
/// Models in the order in which they came, then the earlier ones together. Version 1 had no
/// consumers.
extension UsageTable {
    public static var frameVersion: UInt16 { 2 }
    private static let nameBytesMax = 256
    private static let countMax = 1 << 48

    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.usageTable, version: Self.frameVersion) { payload in
            payload.append(count: inputCount)
            payload.append(count: models.count)
            for model in models + [earlier] {
                payload.append(counted: model.model)
                payload.append(fixed: model.events)
                for counts in model.inputs { counts.append(to: &payload) }
            }
            reads.append(to: &payload)
        }
    }

    /// Reads a state that `append(to:)` wrote, of as many inputs.
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) {
        let frame = try Frame(reader.rest, kind: .usageTable, newestVersion: Self.frameVersion)
        var payload = ByteReader(frame.payload)
        guard try payload.readCount("inputs", max: inputCount) == inputCount else {
            throw .invalid(field: "inputs", at: 0)
        }
        let count = try payload.readCount("models", max: Self.modelsMax)
        var restored = UsageTable(inputCount: inputCount)
        for place in 0...count {
            let name = try payload.readText("model", bytesMax: Self.nameBytesMax)
            var model = ModelUsage(model: name, inputs: inputCount)
            model.events = UInt64(try payload.readCount("events", max: Self.countMax))
            for input in 0..<inputCount {
                model.inputs[input] = try UsageCounts(from: &payload, countMax: Self.countMax)
            }
            if place < count { restored.models.append(model) } else { restored.earlier = model }
        }
        if frame.version > 1 {
            restored.reads = try ReadTable(from: &payload, countMax: Self.countMax)
        }
        try payload.end()
        try reader.skip(frame.byteCount)
        self = restored
    }
}

extension UsageCounts {
    fileprivate func append(to writer: inout ByteWriter) {
        writer.append(fixed: present)
        writer.append(fixed: weighed)
        writer.append(fixed: moved)
        writer.append(fixed: topReasons)
        writer.append(fixed: crossings)
        writer.append(fixed: UInt8(firstUseMillis == nil ? 0 : 1))
        writer.append(fixed: firstUseMillis ?? 0)
        writer.append(fixed: lastUseMillis ?? 0)
    }

    fileprivate init(from reader: inout ByteReader, countMax: Int) throws(FormatError) {
        let present = UInt64(try reader.readCount("present", max: countMax))
        let weighed = UInt64(try reader.readCount("weighed", max: countMax))
        let moved = try reader.readFinite("moved")
        let topReasons = UInt64(try reader.readCount("top reasons", max: countMax))
        let crossings = UInt64(try reader.readCount("crossings", max: countMax))
        let isUsed = try reader.readFlag("used")
        let (first, last) = (try reader.readInt64(), try reader.readInt64())
        guard !isUsed || first <= last else { throw .invalid(field: "last use", at: reader.offset) }
        self.init(
            present: present, weighed: weighed, moved: moved, topReasons: topReasons,
            crossings: crossings, firstUseMillis: isUsed ? first : nil,
            lastUseMillis: isUsed ? last : nil)
    }
}
