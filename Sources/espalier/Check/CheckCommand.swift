internal import ArgumentParser
internal import Project

/// `espalier check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a project file and show what it computes.",
        discussion: paragraphs(
            """
            Reads the file, type-checks every expression and compiles the features. All
            faults are told at once, with line, column, what was found and what was
            expected. What no input of the model needs is not computed, and is shown as
            such; with `model.compute: weighed` that goes by the model that scores now.

            EXAMPLES
              espalier check project.yaml
              espalier check project.yaml --json
              espalier check project.yaml && espalier run project.yaml
            """))

    @Argument(help: "The project file; - is standard input.") var project: String
    @Flag(help: "Print the plan as JSON.") var json = false

    func run() throws {
        let file = try ProjectFile.load(project)
        let report = try CheckReport(file)
        let terminal = Terminal.output
        terminal.write(json ? report.json.line : report.text(for: terminal))
    }
}
