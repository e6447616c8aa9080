internal import ArgumentParser

/// `espalier model`
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Versions of models: look, compare, promote, roll back.",
        discussion: paragraphs(
            """
            A registry is a directory. It keeps every model that was ever registered, unchanged and
            named by its content, and a log of who did what, when and why. A service that follows
            `champion` scores with a newly promoted version within a second.

            A version is written NAME (the champion, else the newest), NAME@3, NAME@challenger or
            NAME@sha256:20ba331f.

            EXAMPLES
              espalier model import model.json --why "first model"
              espalier model list
              espalier model promote card-fraud@2 --why "AUC .871 against .866"
              espalier model diff card-fraud@1 card-fraud@2
              espalier model rollback card-fraud --why "too many alerts"
              espalier model show card-fraud
            """),
        subcommands: [
            ModelListCommand.self, ModelShowCommand.self, ModelDiffCommand.self,
            ModelVerifyCommand.self, ModelPromoteCommand.self, ModelRollbackCommand.self,
            ModelAliasCommand.self, ModelTagCommand.self, ModelSignCommand.self,
            ModelImportCommand.self, ModelExportCommand.self, ModelPushCommand.self,
        ])
}
