internal import Bytes
internal import JSON
internal import Model

extension ModelContent {
    /// The artifact's document as a tree; null for content that no artifact may hold.
    var document: JSONValue {
        guard let artifact = try? ModelArtifact(self),
            let value = try? JSONValue(parsing: unsafe artifact.bytes.span.bytes)
        else { return .null }
        return value
    }
}
