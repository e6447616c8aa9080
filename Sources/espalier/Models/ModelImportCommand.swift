internal import ArgumentParser
internal import JSON
internal import Model
internal import Registry
internal import Storage

/// `espalier model import`
struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Register a model as the next version of its name.",
        discussion: """
            Makes the registry where there is none. The same model again is the same version.

            EXAMPLES
              espalier model import model.json --why "learned online in May"
              espalier model import model.json --name card-fraud --alias challenger
            """)

    @Argument(help: "The artifact; - is standard input.") var file: String
    @Option(help: "Register under this name instead of the artifact's.") var name: String?
    @Option(help: "Let this alias stand for it at once.") var alias: String?
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let artifact = try artifact()
        let registry = try ModelRegistry(creating: options.path)
        let version = try registry.register(
            artifact, source: "import of \(file)", by: attribution.attribution)
        if let alias {
            try registry.point(
                alias, to: ModelReference(name: version.model, selector: .version(version.number)),
                trusting: options.keys(), by: attribution.attribution)
        }
        let document = JSONValue.object([
            "version": .string(version.reference), "digest": .string(version.digest),
            "alias": alias.map { .string($0) } ?? .null,
        ])
        let standing = alias.map { ", now \(version.model)@\($0)" } ?? ""
        let text = "\(version.reference) (\(version.digest.prefix(12))) in \(registry.path)"
        Terminal.output.write(json ? document.line : "\(text)\(standing)\n")
    }

    private func artifact() throws(Failure) -> ModelArtifact {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(file, bytesMax: ModelRegistry.artifactBytesMax)
        } catch { throw Failure(error) }
        do throws(ArtifactError) {
            var content = try ModelArtifact(parsing: unsafe bytes.span.bytes).content
            content.name = name ?? content.name
            return try ModelArtifact(content)
        } catch { throw Failure(.data, "\(file): \(error)") }
    }
}
