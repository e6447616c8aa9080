public import JSON

/// Why a document is not a model artifact, or not the one asked for. Paths are such as
/// `features[3].scale`.
public enum ArtifactError: Error, Equatable, Sendable {
    case notJSON(JSONParseError)
    case newerFormat(found: Int64, newestKnown: Int64)
    case missing(path: String, expected: String)
    case unknownKey(path: String)
    case invalid(path: String, found: String, expected: String)
    case duplicateFeature(name: String)
    /// The bytes are not those that the name stands for.
    case digestMismatch(found: String, expected: String)
    /// A feature that the model weighs, and the project does not have.
    case featureUnknown(name: String)
    /// A feature that the project has under this name, but computed in another way.
    case featureChanged(name: String, found: String, expected: String)
    /// A weighed column of a table, which was not yet matched with a project's feature.
    case featureOfTable(name: String)
}

extension ArtifactError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .newerFormat(let found, let newestKnown):
            "format: found \(found); the newest known here is \(newestKnown)"
        case .missing(let path, let expected): "\(path): found nothing; expected \(expected)"
        case .unknownKey(let path): "\(path): found an unknown key"
        case .invalid(let path, let found, let expected):
            "\(path): found \(found); expected \(expected)"
        case .duplicateFeature(let name): "features: found \"\(name)\" again; expected each once"
        case .digestMismatch(let found, let expected):
            "found the content \(found); expected \(expected): the bytes were changed"
        case .featureUnknown(let name):
            "the model weighs the feature \"\(name)\", which the project does not have"
        case .featureChanged(let name, let found, let expected):
            "the feature \"\(name)\" is \(found) in the project; the model expects \(expected)"
        case .featureOfTable(let name):
            "the model weighs \"\(name)\" as a column of a table; `espalier model import --project`"
                + " matches columns with a project's features"
        }
    }
}
