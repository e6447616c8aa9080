internal import ArgumentParser
internal import Foundation
internal import Registry
internal import Storage

/// Where the registry is, and whom it trusts.
struct RegistryOptions: ParsableArguments {
    static let directoryVariable = "ESPALIER_REGISTRY"

    @Option(
        help: ArgumentHelp(
            "The registry's directory; $\(directoryVariable), or `models`.", valueName: "directory")
    )
    var registry: String?

    @Option(
        help: ArgumentHelp(
            """
            An Ed25519 public key (PEM, as `openssl pkey -pubout` writes it) that must have signed \
            the model; may be given again.
            """, valueName: "file"))
    var publicKey: [String] = []

    var path: String {
        registry ?? ProcessInfo.processInfo.environment[Self.directoryVariable] ?? "models"
    }

    func open() throws(Failure) -> ModelRegistry {
        do throws(RegistryError) { return try ModelRegistry(opening: path) } catch {
            throw Failure(error)
        }
    }

    func keys() throws(Failure) -> [VerifyingKey] {
        try publicKey.map { path throws(Failure) in try VerifyingKey(file: path) }
    }
}

/// Who changes the registry, and why.
struct AttributionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Why; kept with the change.", valueName: "text"))
    var why = ""

    @Option(help: ArgumentHelp("Who; the user's name unless given.", valueName: "name"))
    var by: String?

    var attribution: Attribution {
        Attribution(
            who: by ?? NSUserName(), why: why,
            timeMillis: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}

extension VerifyingKey {
    private static let fileBytesMax = 64 << 10

    /// Reads a public key from a file.
    init(file path: String) throws(Failure) {
        guard let key = VerifyingKey(try KeyFile.text(path)) else {
            throw Failure(
                .data, "\(path): found no Ed25519 public key; expected PEM or 64 hexadecimal digits"
            )
        }
        self = key
    }
}

/// Keys are small texts.
enum KeyFile {
    private static let bytesMax = 64 << 10

    static func text(_ path: String) throws(Failure) -> String {
        do throws(StorageError) {
            return String(decoding: try WholeFile.read(path, bytesMax: bytesMax), as: UTF8.self)
        } catch { throw Failure(error) }
    }
}

extension ModelReference {
    /// A reference as an argument gives it.
    init(argument text: String) throws(Failure) {
        do throws(RegistryError) { self = try ModelReference(text) } catch {
            throw Failure(.usage, "\(error)")
        }
    }
}

extension RegistryError {
    var exitStatus: ExitStatus {
        switch self {
        case .storage, .busy, .noRegistry: .inputOutput
        case .invalidName, .tooLong, .unknownModel, .unknownVersion, .unknownAlias,
            .nothingBefore:
            .usage
        case .logDamaged, .logBroken, .logFull, .artifactRefused, .unreadableArtifact, .unsigned,
            .signatureInvalid, .locksBroken, .rulesBroken, .approvalNeeded:
            .data
        }
    }
}
