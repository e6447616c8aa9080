internal import ArgumentParser
internal import Bytes
internal import Model
internal import Registry
internal import Storage

/// `espalier model export`
struct ModelExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a version for other programs.",
        discussion: """
            EXAMPLES
              espalier model export card-fraud > model.json
              espalier model export card-fraud@2 --format csv --out weights.csv
            """)

    /// What the model is written as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// The artifact, byte for byte.
        case json
        /// A line for every weight that is not 0.
        case csv
    }

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Option(help: "json: the artifact; csv: its weights.") var format = Format.json
    @Option(help: ArgumentHelp("Where to; - is standard output.", valueName: "file")) var out = "-"
    @OptionGroup var options: RegistryOptions

    func run() throws {
        let registry = try options.open()
        let found = try registry.read().version(ModelReference(argument: version))
        let artifact = try registry.artifact(of: found, trusting: options.keys())
        var writer = ByteWriter()
        switch format {
        case .json: writer.append(unsafe artifact.bytes.span.bytes)
        case .csv: WeightTable(artifact.content).write(to: &writer)
        }
        if out == "-" {
            var output = try FileWriter(path: out)
            try output.append(writer.bytes)
            try output.finish()
        } else {
            try AtomicFile.write(writer.bytes, to: out)
        }
    }
}
