internal import ArgumentParser
internal import JSON
internal import Registry

/// `espalier model promote`
struct ModelPromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let a version be the champion.",
        discussion: """
            The artifact is verified first. Services that follow the alias score with it within a
            second, between two batches.

            EXAMPLES
              espalier model promote card-fraud@2 --why "AUC .871 against .866"
              espalier model promote card-fraud@challenger --public-key release.pub
            """)

    @Argument(help: "The version, such as card-fraud@2.") var version: String
    @Option(help: "The alias that is to stand for it.") var alias = ModelReference.champion
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let outcome = try options.open().point(
            alias, to: ModelReference(argument: version), trusting: options.keys(),
            by: attribution.attribution)
        AliasChange(alias: alias, now: outcome.now, before: outcome.before).write(asJSON: json)
    }
}

/// `espalier model rollback`
struct ModelRollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to the champion before.",
        discussion: """
            Once more goes back once more. The artifact is verified first.

            EXAMPLES
              espalier model rollback card-fraud --why "too many alerts"
            """)

    @Argument(help: "The model.") var name: String
    @Option(help: "The alias that goes back.") var alias = ModelReference.champion
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let outcome = try options.open().rollBack(
            alias, of: name, trusting: options.keys(), by: attribution.attribution)
        AliasChange(alias: alias, now: outcome.now, before: outcome.before).write(asJSON: json)
    }
}

/// `espalier model alias`
struct ModelAliasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias",
        abstract: "Let a name stand for a version, or take it away.",
        discussion: """
            EXAMPLES
              espalier model alias card-fraud@3 challenger
              espalier model alias card-fraud challenger --remove
            """)

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Argument(help: "The alias.") var alias: String
    @Flag(help: "Take the alias away.") var remove = false
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let registry = try options.open()
        let reference = try ModelReference(argument: version)
        if remove {
            try registry.removeAlias(alias, of: reference.name, by: attribution.attribution)
            Terminal.output.write(
                json
                    ? JSONValue.object([
                        "model": .string(reference.name), "alias": .string(alias),
                        "version": .null,
                    ]).line : "\(reference.name)@\(alias) removed\n")
        } else {
            let outcome = try registry.point(
                alias, to: reference, trusting: options.keys(), by: attribution.attribution)
            AliasChange(alias: alias, now: outcome.now, before: outcome.before)
                .write(asJSON: json)
        }
    }
}

/// An alias that stands elsewhere now, as it is told.
private struct AliasChange {
    let alias: String
    let now: RegisteredVersion
    let before: Int?

    func write(asJSON: Bool) {
        let document = JSONValue.object([
            "model": .string(now.model), "alias": .string(alias),
            "version": .integer(Int64(now.number)), "digest": .string(now.digest),
            "before": before.map { .integer(Int64($0)) } ?? .null,
        ])
        var text = "\(now.model)@\(alias) is version \(now.number) (\(now.digest.prefix(12)))"
        if let before { text += before == now.number ? ", as before" : ", was version \(before)" }
        Terminal.output.write(asJSON ? document.line : text + "\n")
    }
}
