internal import ArgumentParser
internal import JSON
internal import Model
internal import Registry

/// `espalier model diff`
struct ModelDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changes from one version to another, and how far scores will move.",
        discussion: paragraphs(
            """
            The expected shift takes features as independent, with the mean and scale of the later
            version's scaler; categories are left out, for no model keeps their frequencies. With
            --rows both versions score a file of features, as espalier replay --features writes it,
            and with --label their quality is compared.

            EXAMPLES
              espalier model diff card-fraud@1 card-fraud@2
              espalier model diff card-fraud card-fraud@challenger --json
              espalier model diff card-fraud@1 card-fraud@2 --rows rows.csv.zst --label fraud
            """))

    @Argument(help: "The earlier version.") var before: String
    @Argument(help: "The later version.") var after: String
    @OptionGroup var rows: RowOptions
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let registry = try options.open()
        let models = try registry.read()
        let keys = try options.keys()
        let earlier = try models.version(ModelReference(argument: before))
        let later = try models.version(ModelReference(argument: after))
        let old = try registry.artifact(of: earlier, trusting: keys).content
        let new = try registry.artifact(of: later, trusting: keys).content
        let report = ModelDifferenceReport(
            before: earlier.reference, after: later.reference,
            intercepts: (old.intercept, new.intercept),
            difference: ModelDifference(from: old, to: new),
            scores: try rows.comparison(old, new))
        let terminal = Terminal.output
        terminal.write(json ? report.document.line : report.text(for: terminal))
    }
}

/// Rows that two models score.
struct RowOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Features of events (CSV, as espalier replay --features writes it) to score with both.",
            valueName: "file"))
    var rows: String?

    @Option(help: ArgumentHelp("The column of labels in --rows.", valueName: "column"))
    var label: String?

    func validate() throws {
        guard label == nil || rows != nil else {
            throw ValidationError("--label: found no --rows; expected both or neither")
        }
    }

    /// The scores, and the name of the file; nil without one.
    func comparison(
        _ before: ModelContent, _ after: ModelContent
    ) throws -> (file: String, scores: ScoreComparison)? {
        guard let rows else { return nil }
        return (rows, try ScoreComparison(of: rows, before, after, label: label))
    }
}

/// A difference as it is shown.
struct ModelDifferenceReport {
    let before: String
    let after: String
    let intercepts: (before: Double, after: Double)
    let difference: ModelDifference
    /// Of rows that both scored, where there are any.
    let scores: (file: String, scores: ScoreComparison)?

    func text(for terminal: Terminal) -> String {
        let shift = difference.shift
        var text = terminal.style("\(before) → \(after)", .bold) + "\n"
        text += "  expected score  \(Numerals.fixed(shift.meanScoreBefore, 5))"
        text += " → \(Numerals.fixed(shift.meanScoreAfter, 5)) on average, "
        text +=
            shift.areMeansEstimated
            ? "if features were independent\n" : "each over its own examples\n"
        text += "  margin of one event moves by \(Numerals.signed(shift.meanMargin, 4))"
        text += " ± \(Numerals.fixed(shift.marginSpread, 4))\n"
        if intercepts.before != intercepts.after {
            text += "  intercept \(Numerals.signed(intercepts.before, 4))"
            text += " → \(Numerals.signed(intercepts.after, 4))\n"
        }
        if shift.categoriesLeftOut > 0 {
            text += "  \(shift.categoriesLeftOut) categories are not part of this\n"
        }
        if let scores { text += scores.scores.text(scores.file) }
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
            "interceptBefore": .number(intercepts.before),
            "interceptAfter": .number(intercepts.after),
            "entered": .array(difference.entered.map(document)),
            "left": .array(difference.left.map(document)),
            "changed": .array(difference.changed.map(document)),
            "redefined": .array(difference.redefined.map { .string($0) }),
            "expectedShift": .object([
                "meanScoreBefore": .optional(shift.meanScoreBefore),
                "meanScoreAfter": .optional(shift.meanScoreAfter),
                "meansEstimated": .bool(shift.areMeansEstimated),
                "meanMargin": .optional(shift.meanMargin),
                "marginSpread": .optional(shift.marginSpread),
                "categoriesLeftOut": .integer(Int64(shift.categoriesLeftOut)),
            ]),
            "scores": scores?.scores.document ?? .null,
        ])
    }

    private func document(_ change: ModelDifference.Change) -> JSONValue {
        .object([
            "feature": .string(change.feature), "before": .optional(change.before),
            "after": .optional(change.after), "marginShift": .optional(change.marginShift),
        ])
    }
}
