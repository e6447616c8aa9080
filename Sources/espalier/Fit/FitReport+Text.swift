internal import Model
internal import Training

extension FitReport {
    /// λ shown of one path.
    private static let linesMax = 20

    /// The summary for people.
    func text(for terminal: Terminal) -> String {
        let design = run.design
        var text = terminal.style(run.command.table, .bold)
        text += ": \(Numerals.grouped(design.rowCount)) rows"
        text += " × \(Numerals.grouped(design.columnCount)) features"
        text += ", \(run.command.loss.rawValue) loss"
        text += ", \(Numerals.duration(seconds))\n"
        for warning in run.warnings {
            text += terminal.style("  ! ", .yellow) + warning + "\n"
        }
        for path in run.paths where !path.points.isEmpty { text += "\n" + lines(path, terminal) }
        return text
    }

    private func lines(_ path: FitRun.Path, _ terminal: Terminal) -> String {
        var text = terminal.style("α \(Numerals.plain(path.alpha))", .bold)
        text += ", λ max \(Numerals.significant(path.lambdaMax))\n"
        let losses = path.validation?.summary { $0.loss } ?? []
        let areas = path.validation?.summary { $0.rocArea } ?? []
        var columns: [(title: String, alignment: Table.Alignment)] = [
            ("", .left), ("λ", .right), ("weights", .right), ("objective", .right),
            ("gap", .right),
        ]
        if path.validation != nil {
            columns += [("validated loss", .right), ("± se", .right)]
            if run.command.loss == .logistic { columns.append(("AUC", .right)) }
        }
        var table = Table(columns)
        for place in shown(path) {
            let point = path.points[place]
            var cells = [
                place == path.chosen ? "→" : " ", Numerals.significant(point.lambda),
                "\(point.nonZeroCount)", Numerals.fixed(point.objective, 6),
                Numerals.significant(point.gap, 1),
            ]
            if path.validation != nil {
                let loss = place < losses.count ? losses[place] : nil
                cells += [Numerals.fixed(loss?.mean, 6), Numerals.fixed(loss?.error, 6)]
                if run.command.loss == .logistic {
                    cells.append(Numerals.fixed(place < areas.count ? areas[place].mean : nil, 4))
                }
            }
            table.append(cells)
        }
        return text + table.text(for: terminal) + weights(path, terminal)
    }

    /// Evenly spread places, the chosen one and the last among them.
    private func shown(_ path: FitRun.Path) -> [Int] {
        let count = path.points.count
        let step = max(1, (count + Self.linesMax - 1) / Self.linesMax)
        var places = Set(stride(from: 0, to: count, by: step))
        places.insert(count - 1)
        if let chosen = path.chosen { places.insert(chosen) }
        return places.sorted()
    }

    /// The largest weights of the chosen fit.
    private func weights(_ path: FitRun.Path, _ terminal: Terminal) -> String {
        guard let chosen = path.chosen else { return "" }
        let point = path.points[chosen]
        guard !point.entries.isEmpty else { return "" }
        var table = Table([
            ("feature", .left), ("weight", .right), ("standardised", .right),
        ])
        let ranked = point.entries.sorted { abs($0.standardized) > abs($1.standardized) }
        for entry in ranked.prefix(Self.linesMax) {
            table.append([
                run.table.names[entry.column], Numerals.significant(entry.weight, 5),
                Numerals.signed(entry.standardized, 4),
            ])
        }
        let rest = ranked.count - Self.linesMax
        let more = rest > 0 ? "  and \(rest) more\n" : ""
        var cost = ""
        if let scarce = run.command.choose.cost, chosen < path.costs.count {
            cost = ", \(scarce.rawValue) \(scarce.text(path.costs[chosen].rounded()))"
        }
        return "\nλ \(Numerals.significant(point.lambda)), intercept"
            + " \(Numerals.significant(point.intercept, 5))\(cost)\n"
            + table.text(for: terminal, indent: 2) + more
    }
}
