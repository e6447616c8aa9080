internal import Model
internal import Training
internal import Project

extension TrainReport {
    private static let rowsMax = 25

    /// The summary for people.
    func text(for terminal: Terminal) -> String {
        var text = terminal.style(run.project.name, .bold)
        text += ": \(Numerals.grouped(run.design.rowCount)) examples"
        text += " of \(Numerals.grouped(run.set.eventCount)) events"
        if let first = run.set.table.times.first, let last = run.set.table.times.last {
            text += ", \(CalendarTime(millis: first).text) to \(CalendarTime(millis: last).text)"
        }
        text += "\n  replayed in \(Numerals.duration(replaySeconds))"
        text += ", all in \(Numerals.duration(seconds))\n"
        let limits = run.set.limits.parts
        if !limits.isEmpty { text += "  at limits: \(limits.joined(separator: ", "))\n" }
        for warning in warnings {
            text += terminal.style("  ! ", .yellow) + warning + "\n"
        }
        guard let chosen = run.chosen, let final = run.final else {
            text += "\n" + curve(terminal)
            return text + "\n\(run.points.count) λ are fitted, \(run.validation.completeCount) of"
                + " them on all folds: nothing is chosen\n" + gate(terminal)
        }
        text += "\n" + curve(terminal)
        text += terminal.style("\nλ \(Numerals.significant(run.points[chosen].lambda))", .bold)
        if let cost = run.command.choose.cost, chosen < run.costs.count {
            text += ", \(cost.rawValue) \(cost.text(run.costs[chosen].rounded())),"
        }
        text += " by \(run.command.choose.text): \(final.nonZeroCount) weights"
        text += " of \(run.design.columnCount)\n  "
        text +=
            measures.map { measure, value in
                "\(measure.words) \(Self.text(of: value))"
            }.joined(separator: " · ") + "\n"
        text += championText(terminal) + "\n"
        return text + table(terminal) + gate(terminal)
    }

    /// The loss by λ as bars, the chosen one marked.
    private func curve(_ terminal: Terminal) -> String {
        let losses = run.validation.summary { $0.loss }
        let values = losses.map(\.mean).filter(\.isFinite)
        guard let least = values.min(), let most = values.max(), most > least else { return "" }
        let step = max(1, losses.count / 20)
        let shown = losses.indices.filter { $0 % step == 0 || $0 == run.chosen }
        var table = Table([
            ("", .left), ("λ", .right), ("weights", .right), ("loss", .right), ("± se", .right),
            ("", .left),
        ])
        for place in shown {
            let part = (losses[place].mean - least) / (most - least)
            let length = Int((part * 30).rounded()) + 1
            table.append([
                place == run.chosen ? "→" : " ",
                Numerals.significant(run.points[place].lambda),
                "\(run.points[place].nonZeroCount)", Numerals.fixed(losses[place].mean, 5),
                Numerals.fixed(losses[place].error, 5),
                String(repeating: "▪", count: length),
            ])
        }
        return terminal.style("Loss on \(run.command.judges)", .bold)
            + " (\(run.validation.folds.count) folds)\n" + table.text(for: terminal)
    }

    private func table(_ terminal: Terminal) -> String {
        var table = Table([
            ("feature", .left), ("weight", .right), ("standardised", .right),
            ("selected", .right), ("AUC alone", .right),
        ])
        let weighed = rows.filter { $0.entry != nil }
        for row in weighed.prefix(Self.rowsMax) {
            table.append([
                row.name + (row.rule.penaltyFactor == 0 ? " (kept)" : ""),
                Numerals.significant(row.entry?.weight ?? 0, 4),
                Numerals.signed(row.entry?.standardized ?? 0, 4),
                row.probability.map { "\(Numerals.fixed(100 * $0, 0)) %" } ?? "–",
                Numerals.fixed(row.rocArea, 3),
            ])
        }
        let rest = weighed.count - Self.rowsMax
        return table.text(for: terminal, indent: 2) + (rest > 0 ? "  and \(rest) more\n" : "")
    }

    private func gate(_ terminal: Terminal) -> String {
        guard !verdicts.isEmpty else { return "" }
        return "\n"
            + verdicts.map { verdict in
                verdict.isPassed
                    ? terminal.style("  ✓ ", .green) + verdict.rule.text
                    : terminal.style("  ✗ ", .red) + verdict.reason
            }.joined(separator: "\n") + "\n"
    }

    /// A measure as people read it: counts are whole.
    static func text(of measure: Double) -> String {
        Int(exactly: measure).map { Numerals.grouped($0) } ?? Numerals.significant(measure, 4)
    }
}
