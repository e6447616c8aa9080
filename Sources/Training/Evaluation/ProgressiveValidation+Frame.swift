public import Bytes

/// As a part of a frame, all numbers little-endian:
///
///     | count u64 | positives u64 | sum of losses f64 | n u64 | n × (score f64 | label f64) |
extension ProgressiveValidation {
    private static let exampleBytes = 16

    public func append(to payload: inout ByteWriter) {
        payload.append(count: count)
        payload.append(count: positiveCount)
        payload.append(fixed: lossSum)
        payload.append(count: scores.count)
        for k in scores.indices {
            payload.append(fixed: scores[k])
            payload.append(fixed: labels[k])
        }
    }

    /// Reads what `append(to:)` wrote.
    ///
    /// - Throws: `FormatError.invalid` also when the window is of another length.
    @_lifetime(reader: copy reader)
    public init(restoring reader: inout ByteReader, windowExamples: Int) throws(FormatError) {
        self.init(windowExamples: windowExamples)
        count = Int(try reader.readTally("judged"))
        positiveCount = try reader.readCount("positives", max: count)
        lossSum = try reader.readDouble()
        let start = reader.offset
        let kept = try reader.readCount("examples", itemBytes: Self.exampleBytes)
        guard kept == min(count, windowExamples) else {
            throw .invalid(field: "examples", at: start)
        }
        for _ in 0..<kept {
            scores.append(try reader.readFinite("score"))
            labels.append(try reader.readFinite("label"))
        }
    }
}
