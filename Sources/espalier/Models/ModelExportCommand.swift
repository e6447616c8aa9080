internal import ArgumentParser
internal import Bytes
internal import JSON
internal import Model
internal import Registry
internal import Storage

/// `espalier model export`
struct ModelExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a version for other programs.",
        discussion: paragraphs(
            """
            With --weights the weights are rounded to fewer bits, at random so that each is right on
            average (McMahan et al. 2013), and what that costs is told on the standard error: with
            --rows and --label also the quality on a file of features. The result is a model of its
            own, which can be imported again.

            EXAMPLES
              espalier model export card-fraud > model.json
              espalier model export card-fraud@2 --format csv --out weights.csv
              espalier model export card-fraud --format sklearn --out lr.json
              espalier model export card-fraud --weights q2.13 --seed 7 --out small.json
              espalier model export card-fraud --weights float16 --format packed \\
                --out small.espl
            """))

    /// What the model is written as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// The artifact, byte for byte.
        case json
        /// A line for every weight that is not 0.
        case csv
        /// What a few lines of Python make a scikit-learn pipeline of.
        case sklearn
        /// A binary frame with the weights in the bits of --weights.
        case packed
    }

    @Argument(help: "The version, such as card-fraud@3.") var version: String
    @Option(
        help: """
            json: the artifact; csv: its weights; sklearn: for scikit-learn; packed: a binary frame.
            """)
    var format = Format.json
    @Option(
        help: ArgumentHelp("Round the weights: float32, float16 or q2.13.", valueName: "form"),
        transform: QuantizedModel.Form.named)
    var weights: QuantizedModel.Form?
    @Option(help: "Seed of the rounding.") var seed: UInt64 = 0
    @Option(help: ArgumentHelp("Where to; - is standard output.", valueName: "file")) var out = "-"
    @OptionGroup var rows: RowOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Tell what the rounding costs as JSON.") var json = false

    func validate() throws {
        guard format != .packed || weights != nil else {
            throw ValidationError("--format packed: found no --weights; expected a form")
        }
        guard weights != nil || (seed == 0 && rows.rows == nil) else {
            throw ValidationError("found --seed or --rows; they need --weights")
        }
    }

    func run() throws {
        let registry = try options.open()
        let found = try registry.read().version(ModelReference(argument: version))
        let artifact = try rounded(registry.artifact(of: found, trusting: options.keys()))
        var writer = ByteWriter()
        switch format {
        case .json: writer.append(unsafe artifact.bytes.span.bytes)
        case .csv: WeightTable(artifact.content).write(to: &writer)
        case .sklearn:
            do throws(ImportError) {
                try ScikitLearnDocument.write(artifact.content, to: &writer)
            } catch { throw Failure(.data, "\(found.reference): \(error)") }
        case .packed:
            PackedModel.write(
                artifact.content, as: weights ?? .float32, exact: found.digest, to: &writer)
            let sizes = [found.registration.byteCount, writer.count].map(Numerals.bytes)
            if !json { Terminal.error.write("\(sizes[0]) packed into \(sizes[1])\n") }
        }
        if out == "-" {
            var output = try FileWriter(path: out)
            try output.append(writer.bytes)
            try output.finish()
        } else {
            try AtomicFile.write(writer.bytes, to: out)
        }
    }

    private func rounded(_ artifact: ModelArtifact) throws -> ModelArtifact {
        guard let weights else { return artifact }
        var random = SeededRandom(seed: seed)
        let quantized = QuantizedModel(artifact.content, as: weights, using: &random)
        var content = quantized.content
        content.solver.parameters["roundingSeed"] = Double(seed)
        let rounded = try ModelArtifact(content)
        let compared = try rows.comparison(artifact.content, content)
        if json {
            var members = document(quantized.loss)
            members["scores"] = compared?.scores.document ?? .null
            Terminal.error.write(JSONValue.object(members).line)
        } else {
            let scores = compared.map { $0.scores.text($0.file) } ?? ""
            Terminal.error.write(text(quantized.loss) + scores)
        }
        return rounded
    }

    private func text(_ loss: QuantizedModel.Loss) -> String {
        var text = "\(loss.weights) weights in \(weights?.rawValue ?? ""): largest error "
        text += "\(Numerals.significant(loss.weightErrorMax)), a margin is off by "
        text += "\(Numerals.significant(loss.marginError)) (standard deviation)"
        if let most = loss.marginErrorMax { text += ", at most \(Numerals.significant(most))" }
        if loss.vanished > 0 { text += "; \(loss.vanished) became 0" }
        if loss.clamped > 0 { text += "; \(loss.clamped) are beyond its range" }
        return text + "\n"
    }

    private func document(_ loss: QuantizedModel.Loss) -> JSONObject {
        [
            "weights": .integer(Int64(loss.weights)), "vanished": .integer(Int64(loss.vanished)),
            "clamped": .integer(Int64(loss.clamped)),
            "weightErrorMax": .optional(loss.weightErrorMax),
            "marginError": .optional(loss.marginError),
            "marginErrorMax": .optional(loss.marginErrorMax),
        ]
    }
}

extension QuantizedModel.Form {
    fileprivate static func named(_ text: String) throws -> Self {
        guard let form = Self(rawValue: text) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("found \"\(text)\"; expected one of \(known)")
        }
        return form
    }
}
