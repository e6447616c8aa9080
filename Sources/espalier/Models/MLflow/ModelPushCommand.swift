internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Model
internal import Registry

/// `espalier model push`
struct ModelPushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Copy a version to an MLflow tracking server.",
        discussion: paragraphs(
            """
            Makes a run with parameters, metrics and the artifact, a model version of the same name,
            and sets the aliases. A version that is there already gets its aliases only. Credentials
            are read from MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD.

            EXAMPLES
              espalier model push card-fraud --to http://localhost:5000
              MLFLOW_TRACKING_URI=https://mlflow.example espalier model push card-fraud@3
            """))

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The server; $MLFLOW_TRACKING_URI unless given.", valueName: "url"))
    var address: String?
    @Option(help: "The experiment of its run; the model's name unless given.")
    var experiment: String?
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        guard let address = address ?? environment["MLFLOW_TRACKING_URI"] else {
            throw Failure(.usage, "found no server; expected --to or MLFLOW_TRACKING_URI")
        }
        let registry = try options.open()
        let models = try registry.read()
        let found = try models.version(ModelReference(argument: version))
        let push = MLflowPush(
            server: try MLflowServer(address, environment: environment),
            experiment: experiment ?? found.model, version: found,
            artifact: try registry.artifact(of: found, trusting: options.keys()),
            aliases: try models.model(found.model).aliases(of: found.number))
        let outcome = try push.run()
        let document = JSONValue.object([
            "version": .string(found.reference), "mlflowVersion": .string(outcome.version),
            "run": outcome.run.map { .string($0) } ?? .null, "isNew": .bool(outcome.isNew),
            "aliases": .array(push.aliases.map { .string($0) }),
        ])
        let text =
            "\(found.reference) is \(found.model) version \(outcome.version) on \(address)"
            + (outcome.isNew ? "" : ", as before")
            + (push.aliases.isEmpty ? "" : " (\(push.aliases.joined(separator: ", ")))")
        Terminal.output.write(json ? document.line : text + "\n")
    }
}
