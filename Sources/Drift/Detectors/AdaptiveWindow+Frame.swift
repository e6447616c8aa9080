public import Bytes

/// A window as it is stored, between two rows never more than `bucketsPerRow` buckets:
///
///     | rows n u8 | n × (buckets m u8 | m × (sum f64 | scatter f64)) | sum f64 | scatter f64 |
///     | ticks u64 |
extension AdaptiveWindow {
    /// Rows of 2^47 values at most.
    private static let rowsMax = 48

    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        writer.append(fixed: UInt8(rows.count))
        for row in rows {
            writer.append(fixed: UInt8(row.count))
            for bucket in row {
                writer.append(fixed: bucket.sum)
                writer.append(fixed: bucket.scatter)
            }
        }
        writer.append(fixed: sum)
        writer.append(fixed: scatter)
        writer.append(count: ticks)
    }

    /// Reads a state of the same parameters.
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) {
        var restored = AdaptiveWindow(parameters)
        let start = reader.offset
        let rowCount = Int(try reader.readUInt8())
        guard (1...Self.rowsMax).contains(rowCount) else {
            throw .invalid(field: "rows", at: start)
        }
        restored.rows = []
        for row in 0..<rowCount {
            let place = reader.offset
            let bucketCount = Int(try reader.readUInt8())
            let isEmptyEnd = row > 0 && row == rowCount - 1 && bucketCount == 0
            guard bucketCount <= parameters.bucketsPerRow, !isEmptyEnd else {
                throw .invalid(field: "buckets", at: place)
            }
            var buckets: [Bucket] = []
            for _ in 0..<bucketCount {
                let sum = try reader.readDouble()
                buckets.append(Bucket(sum: sum, scatter: try reader.readDouble()))
            }
            restored.rows.append(buckets)
            restored.count += Double(bucketCount) * Self.size(row)
        }
        restored.sum = try reader.readDouble()
        restored.scatter = try reader.readDouble()
        restored.ticks = Int(try reader.readTally("ticks"))
        self = restored
    }
}
