internal import Bytes
public import Pipeline

/// A pipeline's whole state as bytes, and back.
public enum Snapshot {
    /// Written in one go.
    ///
    /// - Parameter sinceLast: whether it builds upon the one before.
    public static func bytes(
        _ pipeline: inout EventPipeline, sinceLast: Bool = false
    ) -> [UInt8] {
        var writer = ByteWriter()
        pipeline.beginSnapshot(sinceLast: sinceLast).append(to: &writer)
        while !pipeline.continueSnapshot(bytesMax: 1 << 16, into: &writer) {}
        return writer.bytes.copy
    }

    public static func pipeline(
        _ bytes: [UInt8], _ settings: PipelineSettings
    ) throws -> EventPipeline {
        try pipeline(chain: [bytes], settings)
    }

    /// - Parameter chain: the newest first, each built upon the one behind it.
    public static func pipeline(
        chain: [[UInt8]], _ settings: PipelineSettings
    ) throws -> EventPipeline {
        var restoration = PipelineRestoration(try EventPipeline(settings))
        for (number, bytes) in chain.enumerated() {
            if number > 0 { try restoration.beginBase() }
            var place = 0
            let stored = unsafe bytes.span.bytes
            while place < stored.byteCount {
                place += try restoration.take(stored.extracting(place..<stored.byteCount))
            }
        }
        return try restoration.finish()
    }
}
