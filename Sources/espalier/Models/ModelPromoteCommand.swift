internal import ArgumentParser
internal import Registry

/// `espalier model promote`
struct ModelPromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let a version be the champion.",
        discussion: paragraphs(
            """
            The artifact is verified first. Services that follow the alias score with it within a
            second, between two batches.

            EXAMPLES
              espalier model promote card-fraud@2 --why "AUC .871 against .866"
              espalier model promote card-fraud@challenger --public-key release.pub
            """))

    @Argument(help: "The version, such as card-fraud@2.") var version: String
    @Option(help: "The alias that is to stand for it.") var alias = ModelReference.champion
    @OptionGroup var change: AliasChangeOptions

    func run() throws {
        try change.point(alias, to: ModelReference(argument: version))
    }
}

/// `espalier model rollback`
struct ModelRollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to the champion before.",
        discussion: paragraphs(
            """
            Once more goes back once more. The artifact is verified first.

            EXAMPLES
              espalier model rollback card-fraud --why "too many alerts"
            """))

    @Argument(help: "The model.") var name: String
    @Option(help: "The alias that goes back.") var alias = ModelReference.champion
    @OptionGroup var change: AliasChangeOptions

    func run() throws {
        try change.rollBack(alias, of: name)
    }
}

/// `espalier model alias`
struct ModelAliasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias",
        abstract: "Let a name stand for a version, or take it away.",
        discussion: paragraphs(
            """
            EXAMPLES
              espalier model alias card-fraud@3 challenger
              espalier model alias card-fraud challenger --remove
            """))

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Argument(help: "The alias.") var alias: String
    @Flag(help: "Take the alias away.") var remove = false
    @OptionGroup var change: AliasChangeOptions

    func run() throws {
        let reference = try ModelReference(argument: version)
        if remove {
            try change.remove(alias, of: reference.name)
        } else {
            try change.point(alias, to: reference)
        }
    }
}
