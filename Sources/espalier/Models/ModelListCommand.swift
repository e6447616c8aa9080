internal import ArgumentParser
internal import JSON
internal import Registry

/// `espalier model list`
struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The models of a registry, newest version first.",
        discussion: paragraphs(
            """
            EXAMPLES
              espalier model list
              espalier model list card-fraud --log
              espalier model list --json | jq '.models[].versions[].digest'
            """))

    @Argument(help: "Only this model.") var name: String?
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Show every change, oldest first, instead of the versions.") var log = false
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let models = try options.open().read()
        let chosen = try name.map { [try models.model($0)] } ?? models.names.map(models.model)
        let terminal = Terminal.output
        if log {
            let entries = models.entries.filter { name == nil || $0.model == name }
            terminal.write(
                json
                    ? JSONValue.object(["entries": .array(entries.map(\.document))]).line
                    : table(of: entries).text(for: terminal))
        } else if json {
            terminal.write(
                JSONValue.object(["models": .array(chosen.map(\.document))]).line)
        } else if chosen.isEmpty {
            terminal.write("no models yet; espalier model import registers one\n")
        } else {
            terminal.write(table(of: chosen).text(for: terminal))
        }
    }

    private func table(of models: [RegisteredModel]) -> Table {
        var table = Table([
            ("version", .left), ("aliases", .left), ("registered", .left), ("by", .left),
            ("size", .right), ("digest", .left), ("why", .left),
        ])
        for model in models {
            for version in model.versions.reversed() {
                table.append([
                    version.reference, model.aliases(of: version.number).joined(separator: " "),
                    CalendarTime(millis: version.attribution.timeMillis).text,
                    version.attribution.who, Numerals.bytes(version.registration.byteCount),
                    String(version.digest.prefix(12)), version.attribution.why,
                ])
            }
        }
        return table
    }

    private func table(of entries: [LogEntry]) -> Table {
        var table = Table([
            ("#", .right), ("when", .left), ("who", .left), ("what", .left), ("why", .left),
        ])
        for entry in entries {
            table.append([
                "\(entry.sequence)", CalendarTime(millis: entry.attribution.timeMillis).text,
                entry.attribution.who, entry.text, entry.attribution.why,
            ])
        }
        return table
    }
}
