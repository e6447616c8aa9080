internal import Bytes
public import JSON

/// Why a document of another program is not taken.
public enum ImportError: Error, Equatable, Sendable {
    case notJSON(JSONParseError)
    /// What is wrong, and where: `coef[3]`, `line 12`.
    case invalid(at: String, found: String, expected: String)
    case tooLarge(bytes: Int, bytesMax: Int)
    /// A feature that the project does not have.
    case unknownFeature(name: String, known: [String])
    case featureTwice(name: String)
    /// A category has one weight per bucket, which no other program knows.
    case notNumeric(name: String)
    case otherLoss(found: String, expected: String)
}

extension ImportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let error): "\(error)"
        case .invalid(let place, let found, let expected):
            "\(place): found \(found); expected \(expected)"
        case .tooLarge(let bytes, let bytesMax):
            "found \(bytes) bytes; expected at most \(bytesMax)"
        case .unknownFeature(let name, let known):
            "found the feature \"\(name)\", which the project does not have; expected one of "
                + known.prefix(12).joined(separator: ", ")
                + (known.count > 12 ? ", …" : "")
                + (NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? "")
        case .featureTwice(let name): "found the feature \"\(name)\" twice; expected it once"
        case .notNumeric(let name):
            "found a coefficient for the category \"\(name)\"; expected only numeric features"
        case .otherLoss(let found, let expected):
            "found the loss \(found); expected the project's, \(expected)"
        }
    }
}
