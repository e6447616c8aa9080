public import Bytes

/// As it is stored: `| bins n u8 | n × (count f64 | score sum f64 | label sum f64) |`.
extension Reliability {
    /// Appends the bins.
    public func append(to writer: inout ByteWriter) {
        writer.append(fixed: UInt8(truncatingIfNeeded: bins.count))
        for bin in bins {
            writer.append(fixed: bin.count)
            writer.append(fixed: bin.scoreSum)
            writer.append(fixed: bin.labelSum)
        }
    }

    /// Reads as many bins as there are here.
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) {
        let start = reader.offset
        guard Int(try reader.readUInt8()) == bins.count else {
            throw .invalid(field: "bins", at: start)
        }
        for place in bins.indices {
            let count = try reader.readAmount("count")
            let scores = try reader.readAmount("scores")
            bins[place] = Bin(
                count: count, scoreSum: scores, labelSum: try reader.readAmount("labels"))
        }
    }
}
