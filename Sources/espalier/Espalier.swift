internal import ArgumentParser

/// The command line.
@main struct Espalier: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "espalier",
        abstract: "A streaming feature store with an online scorer.",
        discussion: paragraphs(
            """
            Reads events from Kafka, keeps windowed features, scores every event with a
            sparse model in the same process, learns from labels as they arrive, and
            publishes predictions.

            EXAMPLES
              espalier simulate --days 30 --out payments.ndjson --labels-out labels.ndjson
              espalier check project.yaml
              espalier replay project.yaml --events payments.ndjson --labels labels.ndjson
              espalier drift project.yaml --events payments.ndjson \\
                --baseline 2018-04-01..2018-04-20 --window 2018-04-20..

            EXIT CODES
              0 done · 1 a gate is broken · 64 usage · 65 bad data · 69 no broker
              70 a fault of ours · 74 input or output · 78 configuration · 130 interrupted
            """),
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, RunCommand.self, CheckCommand.self, ReplayCommand.self,
            DriftCommand.self, GameDayCommand.self, AuditCommand.self, PruneCommand.self,
            SimulateCommand.self, ProduceCommand.self, ModelCommand.self, FitCommand.self,
            TrainCommand.self,
            DeadLettersCommand.self, ResetCommand.self, VerifyCommand.self,
        ])

    /// Runs the command that the arguments name; every error leaves through `Failure`.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Failure(error).exit()
        }
    }
}
