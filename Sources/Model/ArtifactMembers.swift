internal import JSON

/// Members of an object whose keys were checked; one that is absent is null.
struct ArtifactMembers {
    private let fields: [String: ArtifactField]

    init(_ fields: [String: ArtifactField]) { self.fields = fields }

    subscript(key: String) -> ArtifactField {
        fields[key] ?? ArtifactField(path: key, value: .null)
    }
}
