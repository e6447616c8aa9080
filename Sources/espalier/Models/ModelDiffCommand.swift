internal import ArgumentParser
internal import JSON
internal import Model
internal import Registry

/// `espalier model diff`
struct ModelDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changes from one version to another, and how far scores will move.",
        discussion: """
            The expected shift takes features as independent, with the mean and scale of the later
            version's scaler; categories are left out, for no model keeps their frequencies.

            EXAMPLES
              espalier model diff card-fraud@1 card-fraud@2
              espalier model diff card-fraud card-fraud@challenger --json
            """)

    @Argument(help: "The earlier version.") var before: String
    @Argument(help: "The later version.") var after: String
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let registry = try options.open()
        let models = try registry.read()
        let keys = try options.keys()
        let earlier = try models.version(ModelReference(argument: before))
        let later = try models.version(ModelReference(argument: after))
        let report = ModelDifferenceReport(
            before: earlier.reference, after: later.reference,
            difference: ModelDifference(
                from: try registry.artifact(of: earlier, trusting: keys).content,
                to: try registry.artifact(of: later, trusting: keys).content))
        let terminal = Terminal.output
        terminal.write(json ? report.document.line : report.text(for: terminal))
    }
}

/// A difference as it is shown.
struct ModelDifferenceReport {
    let before: String
    let after: String
    let difference: ModelDifference

    func text(for terminal: Terminal) -> String {
        let shift = difference.shift
        var text = terminal.style("\(before) → \(after)", .bold) + "\n"
        text += "  expected score  \(Numerals.fixed(shift.meanScoreBefore, 5))"
        text += " → \(Numerals.fixed(shift.meanScoreAfter, 5)) on average\n"
        text += "  margin of one event moves by \(Numerals.signed(shift.meanMargin, 4))"
        text += " ± \(Numerals.fixed(shift.marginSpread, 4))\n"
        if shift.categoriesLeftOut > 0 {
            text += "  \(shift.categoriesLeftOut) categories are not part of this\n"
        }
        for (title, changes) in groups where !changes.isEmpty {
            text += "\n" + terminal.style(title, .bold) + " (\(changes.count))\n"
            text += table(of: changes).text(for: terminal, indent: 2)
        }
        if !difference.redefined.isEmpty {
            text += "\n" + terminal.style("Computed in another way", .bold)
            text += ": \(difference.redefined.joined(separator: ", "))\n"
        }
        if groups.allSatisfy({ $0.1.isEmpty }) { text += "  no weight differs\n" }
        return text
    }

    private var groups: [(String, [ModelDifference.Change])] {
        [
            ("Entered", difference.entered), ("Left", difference.left),
            ("Changed", difference.changed),
        ]
    }

    private func table(of changes: [ModelDifference.Change]) -> Table {
        var table = Table([
            ("feature", .left), ("before", .right), ("after", .right), ("moves margin by", .right),
        ])
        for change in changes {
            table.append([
                change.feature, change.before.map { Numerals.signed($0, 4) } ?? "",
                change.after.map { Numerals.signed($0, 4) } ?? "",
                change.marginShift.map { "±\(Numerals.fixed($0, 4))" } ?? "–",
            ])
        }
        return table
    }

    var document: JSONValue {
        let shift = difference.shift
        return .object([
            "before": .string(before), "after": .string(after),
            "entered": .array(difference.entered.map(document)),
            "left": .array(difference.left.map(document)),
            "changed": .array(difference.changed.map(document)),
            "redefined": .array(difference.redefined.map { .string($0) }),
            "expectedShift": .object([
                "meanScoreBefore": .optional(shift.meanScoreBefore),
                "meanScoreAfter": .optional(shift.meanScoreAfter),
                "meanMargin": .optional(shift.meanMargin),
                "marginSpread": .optional(shift.marginSpread),
                "categoriesLeftOut": .integer(Int64(shift.categoriesLeftOut)),
            ]),
        ])
    }

    private func document(_ change: ModelDifference.Change) -> JSONValue {
        .object([
            "feature": .string(change.feature), "before": .optional(change.before),
            "after": .optional(change.after), "marginShift": .optional(change.marginShift),
        ])
    }
}
