internal import ArgumentParser
internal import JSON
internal import Registry

/// `espalier model tag`
struct ModelTagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Note something about a version.",
        discussion: paragraphs(
            """
            EXAMPLES
              espalier model tag card-fraud@3 reviewed=yes ticket=FR-812
              espalier model tag card-fraud@3 ticket=          takes it away
            """))

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Argument(help: ArgumentHelp("What is noted.", valueName: "key=value")) var tags: [String]
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions

    func validate() throws {
        for tag in tags where !tag.contains("=") {
            throw ValidationError("found \"\(tag)\"; expected KEY=VALUE")
        }
    }

    func run() throws {
        let registry = try options.open()
        let reference = try ModelReference(argument: version)
        for tag in tags {
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try registry.tag(
                reference, String(parts[0]), String(parts[1]), by: attribution.attribution)
        }
    }
}

/// `espalier model sign`
struct ModelSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a version with an Ed25519 key.",
        discussion: paragraphs(
            """
            The signature is of the artifact's bytes. Where a public key is asked for
            (`model.registry.publicKey` in the project file, --public-key), an artifact that was not
            signed by it is refused.

            EXAMPLES
              openssl genpkey -algorithm ed25519 -out release.key
              openssl pkey -in release.key -pubout -out release.pub
              espalier model sign card-fraud@3 --key release.key
              espalier model verify card-fraud --public-key release.pub
            """))

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Option(help: ArgumentHelp("The private key (PEM).", valueName: "file")) var key: String
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        guard let signer = SigningKey(try KeyFile.text(key)) else {
            throw Failure(
                .data, "\(key): found no Ed25519 private key; expected PEM (PKCS #8)")
        }
        let signed = try options.open().sign(
            ModelReference(argument: version), with: signer, by: attribution.attribution)
        let name = signer.verifyingKey.name
        Terminal.output.write(
            json
                ? JSONValue.object([
                    "version": .string(signed.reference), "digest": .string(signed.digest),
                    "publicKey": .string(signer.verifyingKey.hexadecimal),
                    "signedBy": .array(signed.signatures.map { .string($0.key) }),
                ]).line : "\(signed.reference) is signed by key \(name.prefix(12))\n")
    }
}
