public import Bytes
public import Model

/// A learner as a frame of kind `onlineLearner`, version 1; all numbers little-endian:
///
///     | loss (text) | bound f64 | publishEvery u64 | learned u64 | refused u64 | published u64 |
///     | scaler: count u64, count × 24 | FTRL frame |
///
/// Text is its count of bytes (u32) and UTF-8.
extension OnlineLearner {
    static let frameVersion: UInt16 = 1

    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.onlineLearner, version: Self.frameVersion) { payload in
            payload.append(counted: parameters.loss.rawValue)
            payload.append(fixed: parameters.bound)
            payload.append(count: parameters.publishEvery)
            payload.append(count: learned)
            payload.append(count: refused)
            payload.append(count: published)
            scaler.append(to: &payload)
            ftrl.append(to: &payload)
        }
    }

    /// Reads a state that `append(to:)` wrote, from the front of `bytes`.
    ///
    /// - Throws: `FormatError.invalid` also when the state is of other parameters or another
    ///   feature space than those given: a changed project starts a new learner.
    public init(
        restoring bytes: RawSpan, space: FeatureSpace, parameters: Parameters
    ) throws(FormatError) {
        let frame = try Frame(bytes, kind: .onlineLearner, newestVersion: Self.frameVersion)
        var reader = ByteReader(frame.payload)
        self.init(space: space, parameters: parameters)
        let loss = try reader.readText("loss", bytesMax: 32)
        let bound = try reader.readDouble()
        let publishEvery = try reader.readCount("publishEvery", max: Int.max)
        guard loss == parameters.loss.rawValue, bound == parameters.bound,
            publishEvery == parameters.publishEvery
        else { throw .invalid(field: "parameters", at: 0) }
        learned = Int(try reader.readTally("learned"))
        refused = Int(try reader.readTally("refused"))
        published = try reader.readCount("published", max: learned)
        scaler = try OnlineScaler(restoring: &reader)
        let ftrlFrame = try Frame(
            reader.rest, kind: .ftrlProximal, newestVersion: FTRLProximal.frameVersion)
        ftrl = try FTRLProximal(restoring: ftrlFrame, widthMax: space.width)
        try reader.skip(ftrlFrame.byteCount)
        try reader.end()
        guard ftrl.width == space.width, scaler.numericCount == space.numericCount,
            ftrl.parameters == parameters.ftrl
        else { throw .invalid(field: "feature space or parameters", at: 0) }
    }
}
