public import Bytes
public import Model
public import Storage

/// Why a registry refuses to do what it was asked. Nothing has changed when it throws.
public enum RegistryError: Error, Equatable, Sendable {
    case storage(StorageError)
    /// There is no registry in this directory.
    case noRegistry(path: String)
    /// Another process held the registry's lock all the while.
    case busy(path: String)
    /// The log holds bytes at this offset that no writer of ours left there.
    case logDamaged(path: String, byte: Int, FormatError)
    /// An entry of the log does not follow the one before it.
    case logBroken(path: String, entry: UInt64)
    case logFull(bytes: Int, bytesMax: Int)
    case invalidName(found: String, expected: String)
    case tooLong(field: String, bytes: Int, bytesMax: Int)
    case unknownModel(name: String, known: [String])
    case unknownVersion(name: String, version: String, newest: Int)
    case unknownAlias(name: String, alias: String, known: [String])
    /// The alias never stood elsewhere.
    case nothingBefore(name: String, alias: String)
    /// The stored artifact is not, or no longer, what was registered.
    case artifactRefused(name: String, version: Int, ArtifactError)
    case unreadableArtifact(name: String, version: Int, StorageError)
    /// None of the signatures is by a trusted key.
    case unsigned(name: String, version: Int, signatures: Int)
    case signatureInvalid(name: String, version: Int, key: String)
    /// Features that the model breaks the project's locks with.
    case locksBroken([BrokenLock])
    /// A version breaks rules of the project that is to score with it.
    case rulesBroken(name: String, version: Int, [BrokenLock])
    /// Sensitive features came in or left, and nobody approved.
    case approvalNeeded(entered: [String], left: [String])
}

/// A rule of the project about one feature, and what the model made of it.
public struct BrokenLock: Equatable, Sendable {
    public let feature: String
    public let found: String
    public let expected: String
}

extension BrokenLock: CustomStringConvertible {
    public var description: String { "\(feature): found \(found); expected \(expected)" }
}

extension RegistryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): "\(error)"
        case .noRegistry(let path): "\(path): found no registry; expected one"
        case .busy(let path): "\(path): another process holds the lock"
        case .logDamaged(let path, let byte, let error):
            "\(path): damaged at byte \(byte): \(error)"
        case .logBroken(let path, let entry):
            "\(path): entry \(entry) does not follow the one before it: the log was changed"
        case .logFull(let bytes, let bytesMax):
            "the log has \(bytes) bytes; expected at most \(bytesMax)"
        case .invalidName(let found, let expected): "found \"\(found)\"; expected \(expected)"
        case .tooLong(let field, let bytes, let bytesMax):
            "\(field): found \(bytes) bytes; expected at most \(bytesMax)"
        case .unknownModel(let name, let known):
            "found no model \"\(name)\"; expected \(Self.choice(known, "a registered one"))"
                + Self.hint(name, known)
        case .unknownVersion(let name, let version, let newest):
            "\(name): found no version \(version); expected 1…\(newest)"
        case .unknownAlias(let name, let alias, let known):
            "\(name): found no alias \"\(alias)\"; expected "
                + Self.choice(known, "one that is set") + Self.hint(alias, known)
        case .nothingBefore(let name, let alias):
            "\(name)@\(alias): found no earlier version to go back to"
        case .artifactRefused(let name, let version, let error):
            "\(name)@\(version) is refused: \(error)"
        case .unreadableArtifact(let name, let version, let error):
            "\(name)@\(version) cannot be read: \(error)"
        case .unsigned(let name, let version, let signatures):
            "\(name)@\(version) is refused: found \(signatures) signatures, none by a trusted key"
        case .signatureInvalid(let name, let version, let key):
            "\(name)@\(version) is refused: the signature by \(key.prefix(12)) is not of its bytes"
        case .locksBroken(let locks):
            locks.map(\.description).joined(separator: "\n")
        case .rulesBroken(let name, let version, let locks):
            "\(name)@\(version) is refused: "
                + locks.map(\.description).joined(separator: "; ")
        case .approvalNeeded(let entered, let left):
            "sensitive features "
                + [("enter", entered), ("leave", left)].filter { !$0.1.isEmpty }
                .map { "\($0.0) the model (\($0.1.joined(separator: ", ")))" }
                .joined(separator: " and ")
                + "; expected an approval: register it with --approve-sensitive"
        }
    }

    private static func choice(_ known: [String], _ otherwise: String) -> String {
        known.isEmpty ? otherwise : known.prefix(8).joined(separator: ", ")
    }

    private static func hint(_ name: String, _ known: [String]) -> String {
        NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? ""
    }
}
