public import Bytes

/// As a frame of kind `finishedFits`, numbers little-endian, paths by ascending name:
///
///     | inputs text | n u64 | n × path |
///     path:    | name text | n u64 | n × point | n u64 | n × quality |
///     point:   | λ f64 | α f64 | intercept f64 | standardised f64 | objective f64 | loss f64 |
///              | gap f64 | steps u64 | converged u8 | n u64 | n × (column u32, z f64, w f64) |
///     quality: | loss f64 | area f64 | precision f64 | weights u64 |     NaN for none
extension FinishedFits {
    private static let frameVersion: UInt16 = 1
    private static let textBytesMax = 4_096
    private static let pointBytes = 7 * 8 + 8 + 1 + 8
    private static let entryBytes = 4 + 8 + 8
    private static let qualityBytes = 4 * 8
    private static let pathBytes = 3 * 8

    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.finishedFits, version: Self.frameVersion) { payload in
            payload.append(counted: inputs)
            payload.append(count: paths.count)
            for (name, path) in paths.sorted(by: { $0.key < $1.key }) {
                payload.append(counted: name)
                payload.append(count: path.points.count)
                for point in path.points { Self.append(point, to: &payload) }
                payload.append(count: path.qualities.count)
                for quality in path.qualities {
                    payload.append(fixed: quality.loss)
                    payload.append(fixed: quality.rocArea ?? .nan)
                    payload.append(fixed: quality.averagePrecision ?? .nan)
                    payload.append(count: quality.nonZeroCount)
                }
            }
        }
    }

    private static func append(_ point: PathPoint, to payload: inout ByteWriter) {
        for number in [
            point.lambda, point.alpha, point.intercept, point.standardizedIntercept,
            point.objective, point.meanLoss, point.gap,
        ] { payload.append(fixed: number) }
        payload.append(count: point.steps)
        payload.append(fixed: UInt8(point.isConverged ? 1 : 0))
        payload.append(count: point.entries.count)
        for entry in point.entries {
            payload.append(fixed: UInt32(entry.column))
            payload.append(fixed: entry.standardized)
            payload.append(fixed: entry.weight)
        }
    }

    /// Reads what `append(to:)` wrote.
    ///
    /// - Throws: `FormatError`, whatever the bytes are.
    public init(restoring bytes: RawSpan) throws(FormatError) {
        let frame = try Frame(bytes, kind: .finishedFits, newestVersion: Self.frameVersion)
        var reader = ByteReader(frame.payload)
        inputs = try reader.readText("inputs", bytesMax: Self.textBytesMax)
        let count = try reader.readCount("paths", itemBytes: Self.pathBytes)
        for _ in 0..<count {
            let name = try reader.readText("path", bytesMax: Self.textBytesMax)
            var path = FinishedFold()
            let pointCount = try reader.readCount("points", itemBytes: Self.pointBytes)
            for _ in 0..<pointCount { path.points.append(try Self.point(&reader)) }
            let qualityCount = try reader.readCount("qualities", itemBytes: Self.qualityBytes)
            for _ in 0..<qualityCount { path.qualities.append(try Self.quality(&reader)) }
            paths[name] = path
        }
        try reader.end()
    }

    private static func point(_ reader: inout ByteReader) throws(FormatError) -> PathPoint {
        var numbers: [Double] = []
        for field in ["λ", "α", "intercept", "standardised", "objective", "loss", "gap"] {
            // A gap may be infinite, where no bound was found.
            numbers.append(
                field == "gap" ? try reader.readDouble() : try reader.readFinite(field))
        }
        let steps = try reader.readCount("steps", max: Int(UInt32.max))
        let isConverged = try reader.readFlag("converged")
        let count = try reader.readCount("weights", itemBytes: entryBytes)
        var entries: [PathPoint.Entry] = []
        for _ in 0..<count {
            entries.append(
                PathPoint.Entry(
                    column: Int(try reader.readUInt32()),
                    standardized: try reader.readFinite("weight"),
                    weight: try reader.readFinite("weight")))
        }
        return PathPoint(
            lambda: numbers[0], alpha: numbers[1], intercept: numbers[2],
            standardizedIntercept: numbers[3], entries: entries, objective: numbers[4],
            meanLoss: numbers[5], gap: numbers[6], steps: steps, isConverged: isConverged)
    }

    private static func quality(_ reader: inout ByteReader) throws(FormatError) -> FoldQuality {
        let numbers = (
            try reader.readDouble(), try reader.readDouble(), try reader.readDouble()
        )
        return FoldQuality(
            loss: numbers.0, rocArea: numbers.1.isNaN ? nil : numbers.1,
            averagePrecision: numbers.2.isNaN ? nil : numbers.2,
            nonZeroCount: try reader.readCount("weights", max: Int(UInt32.max)))
    }
}
