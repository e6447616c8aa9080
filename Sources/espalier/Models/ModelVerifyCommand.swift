internal import ArgumentParser
internal import JSON
internal import Registry

/// `espalier model verify`
struct ModelVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that a registry holds what was registered.",
        discussion: paragraphs(
            """
            Follows the log's chain of digests, reads every artifact and compares it with its name;
            with --public-key every version must also be signed by one of the keys. Ends with 65
            when anything would be refused.

            EXAMPLES
              espalier model verify
              espalier model verify card-fraud --public-key release.pub
            """))

    @Argument(help: "Only this model's versions.") var name: String?
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let found = try options.open().inspect(only: name, trusting: options.keys())
        Terminal.output.write(json ? document(found).line : text(found))
        guard found.refused.isEmpty else {
            let count = found.refused.count
            throw Failure(
                .data, count == 1 ? "a version is refused" : "\(count) versions are refused")
        }
    }

    private func text(_ found: RegistryInspection) -> String {
        var text = "\(found.entries) changes, the chain is whole\n"
        for version in found.sound { text += "  \(version)  sound\n" }
        for (_, error) in found.refused { text += "  \(error)\n" }
        if !found.orphans.isEmpty {
            text += "artifacts that nothing names, left by a writer that died: "
            text += "\(found.orphans.count), harmless\n"
        }
        if found.tornBytes > 0 {
            text += "\(found.tornBytes) bytes of a change that never came about; "
            text += "the next change removes them\n"
        }
        return text
    }

    private func document(_ found: RegistryInspection) -> JSONValue {
        .object([
            "entries": .integer(Int64(found.entries)),
            "sound": .array(found.sound.map { .string($0) }),
            "refused": .array(
                found.refused.map {
                    .object(["version": .string($0.version), "reason": .string("\($0.error)")])
                }),
            "orphans": .array(found.orphans.map { .string($0) }),
            "tornBytes": .integer(Int64(found.tornBytes)),
        ])
    }
}
