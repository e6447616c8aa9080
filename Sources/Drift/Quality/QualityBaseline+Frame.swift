public import Bytes
internal import Sketches

/// As it is stored; flags say what is there:
///
///     | complete? tally | spread | filling? tally | spread | drifted? tally |
///     tally: | frame of moments | promised f64 | probabilities u8 |
///            | bins n u64 | n × (bin u16 | negatives u32 | positives u32) |
///     spread: | single, grouped: measures × 4 × f64 | tally | windows u8 |
extension QualityBaseline {
    func append(to writer: inout ByteWriter) {
        Self.append(complete, to: &writer)
        completeSpread.append(to: &writer)
        Self.append(filling, to: &writer)
        spread.append(to: &writer)
        Self.append(drifted, to: &writer)
    }

    private static func append(_ tally: QualityTally?, to writer: inout ByteWriter) {
        writer.append(fixed: UInt8(tally == nil ? 0 : 1))
        tally?.append(to: &writer)
    }

    init(from reader: inout ByteReader) throws(FormatError) {
        complete = try Self.readTally("complete", from: &reader)
        completeSpread = try QualitySpread(from: &reader)
        filling = try Self.readTally("filling", from: &reader)
        spread = try QualitySpread(from: &reader)
        drifted = try Self.readTally("drifted", from: &reader)
    }

    private static func readTally(
        _ field: String, from reader: inout ByteReader
    ) throws(FormatError) -> QualityTally? {
        try reader.readFlag(field) ? QualityTally(from: &reader) : nil
    }
}

extension QualityTally {
    public func append(to writer: inout ByteWriter) {
        losses.append(to: &writer)
        writer.append(fixed: promised)
        writer.append(fixed: UInt8(positives.isEmpty ? 0 : 1))
        let used = positives.indices.filter { positives[$0] > 0 || negatives[$0] > 0 }
        writer.append(count: used.count)
        for bin in used {
            writer.append(fixed: UInt16(bin))
            writer.append(fixed: negatives[bin])
            writer.append(fixed: positives[bin])
        }
    }

    public init(from reader: inout ByteReader) throws(FormatError) {
        let losses = try Moments(from: &reader)
        let promised = try reader.readAmount("promised")
        var tally = QualityTally(losses: losses, negatives: [], positives: [], promised: promised)
        let start = reader.offset
        let haveProbabilities = try reader.readFlag("probabilities")
        let count = try reader.readCount("bins", max: Self.bins)
        guard haveProbabilities || count == 0 else { throw .invalid(field: "bins", at: start) }
        if haveProbabilities {
            tally.negatives = Array(repeating: 0, count: Self.bins)
            tally.positives = tally.negatives
        }
        for _ in 0..<count {
            let bin = Int(try reader.readUInt16())
            guard bin < Self.bins else { throw .invalid(field: "bin", at: start) }
            tally.negatives[bin] = try reader.readUInt32()
            tally.positives[bin] = try reader.readUInt32()
        }
        self = tally
    }
}

extension QualitySpread {
    fileprivate func append(to writer: inout ByteWriter) {
        for spread in single + grouped {
            for number in [spread.estimates, spread.precision, spread.mean, spread.scatter] {
                writer.append(fixed: number)
            }
        }
        group.append(to: &writer)
        writer.append(fixed: UInt8(windows))
    }

    fileprivate init(from reader: inout ByteReader) throws(FormatError) {
        self.init()
        for place in single.indices { single[place] = try Heterogeneity(from: &reader) }
        for place in grouped.indices { grouped[place] = try Heterogeneity(from: &reader) }
        group = try QualityTally(from: &reader)
        let start = reader.offset
        windows = Int(try reader.readUInt8())
        guard windows < WindowSpread.groupWindows else {
            throw .invalid(field: "windows", at: start)
        }
    }
}

extension Heterogeneity {
    fileprivate init(from reader: inout ByteReader) throws(FormatError) {
        estimates = try reader.readAmount("estimates")
        precision = try reader.readAmount("precision")
        mean = try reader.readFinite("mean")
        scatter = try reader.readAmount("scatter")
    }
}
