internal import ArgumentParser
internal import JSON
internal import Model
internal import Registry

/// `espalier model show`
struct ModelShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The card of one version: objective, data, weights, quality, history.",
        discussion: paragraphs(
            """
            EXAMPLES
              espalier model show card-fraud
              espalier model show card-fraud@2 --all
              espalier model show card-fraud@challenger --json | jq .metrics
            """))

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Show every weight, not only the largest.") var all = false
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let registry = try options.open()
        let models = try registry.read()
        let found = try models.version(ModelReference(argument: version))
        let artifact = try registry.artifact(of: found, trusting: options.keys())
        let card = ModelCard(
            version: found, model: try models.model(found.model), content: artifact.content,
            hasAllWeights: all)
        let terminal = Terminal.output
        terminal.write(json ? card.document.line : card.text(for: terminal))
    }
}
