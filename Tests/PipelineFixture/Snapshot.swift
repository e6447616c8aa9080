internal import Bytes
public import Pipeline

/// A pipeline's whole state as bytes, and back.
public enum Snapshot {
    /// Written in one go.
    public static func bytes(_ pipeline: inout EventPipeline) -> [UInt8] {
        var writer = ByteWriter()
        pipeline.beginSnapshot().append(to: &writer)
        while !pipeline.continueSnapshot(bytesMax: 1 << 16, into: &writer) {}
        return writer.bytes.copy
    }

    public static func pipeline(
        _ bytes: [UInt8], _ settings: PipelineSettings
    ) throws -> EventPipeline {
        var restoration = PipelineRestoration(try EventPipeline(settings))
        var place = 0
        let stored = unsafe bytes.span.bytes
        while place < stored.byteCount {
            place += try restoration.take(stored.extracting(place..<stored.byteCount))
        }
        return try restoration.finish()
    }
}
