internal import ArgumentParser
internal import JSON
internal import Model
internal import Project
internal import Registry
internal import Storage

/// `espalier model import`
struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Register a model as the next version of its name.",
        discussion: paragraphs(
            """
            Makes the registry where there is none. The same model again is the same version.
            A model of another program, or one of `espalier fit`, needs --project, with whose
            features its coefficients are matched by name; its locks and signs are kept to:
              sklearn  JSON with coef, intercept and scaler (some lines of Python)
              vw       what vw --invert_hash or --readable_model writes
              glmnet   features and coefficients, as R's write.csv(coef(fit)) writes

            EXAMPLES
              espalier model import model.json --why "learned online in May"
              espalier model import model.json --name card-fraud --alias challenger
              espalier model import lr.json --from sklearn --project project.yaml
              espalier model import fitted/model.json --project project.yaml --alias champion
              espalier model import coef.csv --from glmnet --project project.yaml
            """))

    /// Whose file it is.
    enum Source: String, CaseIterable, ExpressibleByArgument {
        case artifact, packed, sklearn, vw, glmnet

        /// Whether it says how each feature is computed.
        var isWhole: Bool { self == .artifact || self == .packed }
    }

    @Argument(help: "The file; - is standard input.") var file: String
    @Option(help: "artifact, packed, sklearn, vw or glmnet.") var from = Source.artifact
    @Option(help: ArgumentHelp("The project whose features it weighs.", valueName: "file"))
    var project: String?
    @Option(
        help: ArgumentHelp(
            "With vw: a namespace that features are in; may be given again.", valueName: "name"))
    var namespace: [String] = []
    @Option(help: "Register under this name instead of the artifact's or the project's.")
    var name: String?
    @Option(help: "Let this alias stand for it at once.") var alias: String?
    @Flag(help: "Approve that sensitive features come into the model or leave it.")
    var approveSensitive = false
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard from.isWhole || project != nil else {
            throw ValidationError("--from \(from.rawValue): found no --project; expected one")
        }
    }

    func run() throws {
        let bytes = try bytes()
        let (content, source) = try content(bytes)
        let artifact: ModelArtifact
        do throws(ArtifactError) { artifact = try ModelArtifact(content) } catch {
            throw Failure(.data, "\(file): \(error)")
        }
        let registry = try ModelRegistry(creating: options.path)
        let version = try registry.register(
            artifact, source: source, by: attribution.attribution,
            rules: try project.map { FeatureRules(try ProjectFile.load($0)) },
            approval: approveSensitive)
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

    private func bytes() throws(Failure) -> [UInt8] {
        do throws(StorageError) {
            return try WholeFile.read(file, bytesMax: ModelRegistry.artifactBytesMax)
        } catch { throw Failure(error) }
    }

    /// What the file says, and where that comes from, for the model card.
    private func content(
        _ bytes: [UInt8]
    ) throws(Failure) -> (content: ModelContent, source: String) {
        let source = "import of \(file)"
        let whole = from.isWhole ? try wholeContent(bytes) : nil
        guard let project, whole?.content.weighsColumns ?? true else {
            guard let whole else { throw Failure(.usage, "expected --project") }
            var content = whole.content
            guard !content.weighsColumns else {
                throw Failure(
                    .usage,
                    "\(file): found a model of a table's columns; expected --project, with whose"
                        + " features they are matched by name")
            }
            content.name = name ?? content.name
            return (content, source + whole.origin)
        }
        let declared = try ProjectFile.load(project)
        let layout = try declared.plan().layout
        let name = name ?? declared.model.registry?.name ?? declared.name
        let loss = declared.model.loss
        do throws(ImportError) {
            if let (content, origin) = whole {
                return (try content.bound(name: name, loss: loss, to: layout), source + origin)
            }
            let weights = try weights(bytes, for: layout)
            return (try weights.content(name: name, loss: loss, for: layout), source)
        } catch { throw Failure(.data, "\(file): \(error)") }
    }

    private func wholeContent(
        _ bytes: [UInt8]
    ) throws(Failure) -> (content: ModelContent, origin: String) {
        do {
            guard from == .packed else {
                return (try ModelArtifact(parsing: unsafe bytes.span.bytes).content, "")
            }
            let packed = try PackedModel.content(parsing: unsafe bytes.span.bytes)
            return (packed.rounded, ", packed from sha256:\(packed.exact.prefix(12))")
        } catch { throw Failure(.data, "\(file): \(error)") }
    }

    private func weights(
        _ bytes: [UInt8], for layout: FeatureLayout
    ) throws(ImportError) -> ImportedWeights {
        switch from {
        case .artifact, .packed, .sklearn:
            try ScikitLearnDocument.weights(parsing: unsafe bytes.span.bytes)
        case .vw:
            try VowpalModel(features: layout.features.map(\.name), namespaces: namespace)
                .weights(parsing: bytes)
        case .glmnet: try CoefficientTable.weights(parsing: bytes)
        }
    }
}
