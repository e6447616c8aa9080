internal import Bytes
internal import JSON

/// A model as it is stored and exchanged: a JSON document (`schemas/model.schema.json`) that never
/// changes and is named by its content.
///
/// The bytes are canonical: keys ascending, no white space, shortest numbers that read back
/// exactly. Equal content gives equal bytes, so the version says whether two models are the same.
public struct ModelArtifact: Equatable, Sendable {
    static let formatNewest: Int64 = 1

    public let content: ModelContent
    /// The canonical document, UTF-8.
    public let bytes: [UInt8]
    /// SHA-256 of `bytes` in hexadecimal.
    public let version: String

    /// Fixes the content.
    ///
    /// - Throws: `ArtifactError` for numbers that are not finite or out of range, for a feature
    ///   given twice, for a lock on no feature.
    public init(_ content: ModelContent) throws(ArtifactError) {
        try content.validate()
        var writer = ByteWriter()
        content.json.write(to: &writer, order: .canonical)
        self.content = content
        bytes = writer.copy()
        version = ContentDigest(of: writer.bytes).hex
    }

    /// Reads a document, canonical or not.
    ///
    /// - Parameter expected: the version that the bytes were stored under, if there is one.
    /// - Throws: `ArtifactError`, whatever the bytes are.
    public init(
        parsing document: borrowing RawSpan, expected: String? = nil
    ) throws(ArtifactError) {
        let found = ContentDigest(of: document).hex
        if let expected, found != expected {
            throw .digestMismatch(found: found, expected: expected)
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: document) } catch { throw .notJSON(error) }
        try self.init(ModelContent(value))
    }
}
