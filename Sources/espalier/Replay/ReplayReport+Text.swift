internal import Pipeline
internal import Training

extension ReplayReport {
    /// The report for people.
    func text(for terminal: Terminal) -> String {
        var text = terminal.style(project, .bold) + ": "
        text +=
            "\(Numerals.grouped(status.counts.events)) events in \(Numerals.duration(seconds)), "
        text += "\(Numerals.rate(eventsPerSecond))\n" + spanText + labelText + rejectionText
        text += limitText
        if quality.count > 0 { text += "\n" + qualityText(terminal) }
        if let alerts { text += "\n" + alerts.text(for: terminal) }
        return text + "\n" + modelText(terminal)
    }

    private var spanText: String {
        guard let startMillis, let end = status.clock else { return "" }
        let span = Numerals.duration(Double(end - startMillis) / 1_000)
        return "  from \(CalendarTime(millis: startMillis).text) "
            + "to \(CalendarTime(millis: end).text) (\(span))\n"
    }

    private var labelText: String {
        guard status.counts.labels + status.counts.matured > 0 || unusedLabels > 0 else {
            return ""
        }
        let counts: [(String, Int)] = [
            ("joined", status.labels.joined), ("matured in silence", Int(status.counts.matured)),
            ("late", status.labels.late), ("repeated", status.labels.duplicates),
            ("of no event", status.labels.orphans + unusedLabels),
            ("events still waiting", status.pending),
        ]
        let parts = counts.filter { $0.1 > 0 }.map { "\(Numerals.grouped($0.1)) \($0.0)" }
        return "  labels: \(parts.joined(separator: ", "))\n"
    }

    private var rejectionText: String {
        guard !rejections.isEmpty else { return "" }
        let parts = rejections.map { "\(Numerals.grouped($0.count)) \($0.reason)" }
        let examples = rejectedExamples.map { "    \($0)\n" }.joined()
        return "  rejected: \(parts.joined(separator: ", "))\n" + examples
    }

    private var limitText: String {
        let parts = limits.parts
        return parts.isEmpty ? "" : "  at limits: \(parts.joined(separator: ", "))\n"
    }

    private func qualityText(_ terminal: Terminal) -> String {
        var text = terminal.style("Quality", .bold)
        text += " of \(Numerals.grouped(quality.count)) predictions, judged before learning"
        if quality.ranks {
            let share = 100 * Double(quality.positiveCount) / Double(max(1, quality.count))
            text += "; \(Numerals.grouped(quality.positiveCount)) positive"
            text += " (\(Numerals.fixed(share, 2)) %)"
        }
        let values = quality.measures.map { name, value in
            "\(name.split(separator: "_").joined(separator: " ")) \(Numerals.fixed(value, 4))"
        }
        text += "\n  \(values.joined(separator: " · "))\n"
        if quality.unlearnedCount > 0 {
            text += "  left out: \(Numerals.grouped(quality.unlearnedCount)) predictions made "
            text += "before anything was learned\n"
        }
        return quality.ranks ? text + calibrationText(terminal) : text
    }

    private func calibrationText(_ terminal: Terminal) -> String {
        let largest = quality.calibration.map { max($0.meanLabel, $0.meanScore) }.max() ?? 0
        var table = Table([
            ("decile", .right), ("predictions", .right), ("said", .right), ("came true", .right),
            ("", .left),
        ])
        for (number, bin) in quality.calibration.enumerated() {
            table.append([
                "\(number + 1)", Numerals.grouped(bin.count), Numerals.fixed(bin.meanScore, 5),
                Numerals.fixed(bin.meanLabel, 5),
                Self.bar(bin.meanLabel, mark: bin.meanScore, of: largest),
            ])
        }
        return table.text(for: terminal, indent: 2)
    }

    /// What came true as a bar, what was said as a mark.
    private static func bar(_ value: Double, mark: Double, of largest: Double) -> String {
        guard largest > 0 else { return "" }
        let width = 32.0
        let length = Int((value / largest * width).rounded())
        let place = Int((mark / largest * width).rounded())
        return String((0...Int(width)).map { $0 == place ? "|" : $0 < length ? "▇" : " " })
    }

    private func modelText(_ terminal: Terminal) -> String {
        var text = terminal.style("Model", .bold) + " \(status.modelVersion): "
        text += "\(Numerals.grouped(status.nonZeroCount)) weights not zero, "
        text += "\(Numerals.grouped(inputCount)) features"
        guard artifact != nil else { return text + "\n" }
        text += ", \(Numerals.grouped(status.learned)) examples learned\n"
        let weights = weights
        guard !weights.isEmpty else { return text }
        var table = Table([("feature", .left), ("weight", .right), ("", .left)])
        for (name, weight, nonZeroCount) in weights.prefix(Self.weightsShownMax) {
            let note = nonZeroCount > 1 ? "heaviest of \(Numerals.grouped(nonZeroCount))" : ""
            table.append([name, Numerals.signed(weight, 4), note])
        }
        return text + table.text(for: terminal, indent: 2)
    }
}
