internal import Model
internal import Training
internal import Project
internal import Registry

/// A training's report as one page of HTML that needs nothing else.
struct TrainPage {
    let report: TrainReport
    var run: TrainRun { report.run }

    /// Of a table.
    private static let rowsMax = 300

    init(_ report: TrainReport) { self.report = report }

    var text: String {
        let body = """
            \(summary)\(gate)\(warnings)\(measures)\(champion)
            <div class="plots">\(plots.map(\.svg).joined(separator: "\n"))</div>
            \(features)\(segments)\(lambdas)
            """
        return HTMLPage(
            title: "\(run.project.name): training", width: 84, style: Self.style, body: body
        ).text
    }

    private static let style = """
        h2{font-size:1.1rem;margin:2rem 0 .4rem}
        .plots{display:grid;margin-top:1.5rem;
        grid-template-columns:repeat(auto-fit,minmax(min(30rem,100%),1fr));gap:1rem}
        svg .title{font-size:14px;font-weight:600} svg .name{font-size:11px}
        code{overflow-wrap:anywhere} .wide{overflow-x:auto}
        svg .up{text-anchor:end;dominant-baseline:middle;opacity:.75}
        svg .across{text-anchor:middle;opacity:.75}
        svg .grid{stroke:var(--line)} svg .marked{stroke:var(--soft);stroke-dasharray:4 3}
        table{font-size:.9rem}
        td,th{padding:.1rem 1.2rem .1rem 0;border-bottom:1px solid var(--line)}
        .warn li::marker{content:"! "} .bad{color:#c62828} .good{color:#2e7d32}
        tr.chosen{font-weight:600}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.6rem}
        dt{opacity:.7;font-size:.85rem} dd{margin:0;font-size:1.2rem}
        @media(max-width:34rem){svg text{font-size:14px} svg .title{font-size:17px}}
        """

    private var summary: String {
        var text = "<p>\(Numerals.grouped(run.design.rowCount)) examples of"
        text += " \(Numerals.grouped(run.set.eventCount)) events"
        if let first = run.set.table.times.first, let last = run.set.table.times.last {
            text += ", \(CalendarTime(millis: first).text) to \(CalendarTime(millis: last).text)"
        }
        text += "; \(run.project.model.loss.rawValue) loss,"
        text += " α \(Numerals.plain(run.command.alpha)),"
        text += " \(run.validation.folds.count) folds"
        text += run.command.randomFolds ? " at random" : ", each judged on the block after it"
        if let chosen = run.chosen {
            text += ". λ \(Numerals.significant(run.points[chosen].lambda)) chosen by"
            text += " <code>\(Markup.escaped(run.command.choose.text))</code>"
        }
        text += ".</p>"
        if let artifact = report.artifact {
            text += "<p>Version <code>\(artifact.version)</code></p>\n"
        }
        return text
    }

    private var gate: String {
        guard !report.verdicts.isEmpty else { return "" }
        let items = report.verdicts.map { verdict in
            verdict.isPassed
                ? "<li class=\"good\">✓ \(Markup.escaped(verdict.rule.text))</li>"
                : "<li class=\"bad\">✗ \(Markup.escaped(verdict.reason))</li>"
        }
        return "<h2>Gate</h2><ul>\(items.joined())</ul>\n"
    }

    private var warnings: String {
        guard !report.warnings.isEmpty else { return "" }
        let items = report.warnings.map { "<li>\(Markup.escaped($0))</li>" }
        return "<h2>Warnings</h2><ul class=\"warn\">\(items.joined())</ul>\n"
    }

    private var measures: String {
        let items = report.measures.map { measure, value in
            "<div><dt>\(measure.words)</dt><dd>\(TrainReport.text(of: value))</dd></div>"
        }
        let judges = Markup.escaped(report.run.command.judges)
        return "<h2>On \(judges)</h2><dl>\(items.joined())</dl>\n"
    }

    /// What the new fit is beside the champion, and which weights are others.
    private var champion: String {
        guard let champion = report.champion else { return "" }
        var text = "<h2>Against the champion</h2><p><b>\(Markup.escaped(champion.reference))</b>"
        text += " <code>\(champion.artifact.version)</code>"
        let rivals = report.judged.rivals
        if let ours = rivals.ours.rocArea, let theirs = rivals.champion.rocArea {
            text += ": AUC \(Numerals.fixed(ours, 4)) against its \(Numerals.fixed(theirs, 4)) on"
            text += " the same \(Numerals.grouped(rivals.champion.count)) examples"
        }
        text += ".</p>"
        let changes = report.changes
        guard !changes.isEmpty else { return text + "\n" }
        var rows = Self.row(["feature", "", "champion", "now", "moves margin by"], "th")
        for (what, change) in changes.prefix(Self.rowsMax) {
            rows += Self.row([
                Markup.escaped(change.feature), what,
                change.before.map { Numerals.signed($0, 4) } ?? "",
                change.after.map { Numerals.signed($0, 4) } ?? "",
                change.marginShift.map { "±\(Numerals.fixed($0, 4))" } ?? "–",
            ])
        }
        return text + "<div class=\"wide\"><table>\(rows)</table></div>\n"
    }

    private var features: String {
        var rows = ""
        for row in report.rows.prefix(Self.rowsMax) {
            let scaling = run.scaling[row.column]
            var cells = [
                Markup.escaped(row.name), Numerals.significant(row.entry?.weight ?? 0, 5),
                row.entry.map { Numerals.signed($0.standardized, 4) } ?? "0",
            ]
            cells += [
                row.probability.map { "\(Numerals.fixed(100 * $0, 0)) %" } ?? "–",
                Numerals.fixed(row.rocArea, 3), Numerals.significant(scaling.mean, 4),
                Numerals.significant(scaling.scale, 4), rule(row.rule),
            ]
            rows += Self.row(cells)
        }
        let left = report.rows.count - Self.rowsMax
        let more = left > 0 ? "<p>\(left) further features are not shown.</p>" : ""
        return "<h2>Features</h2><div class=\"wide\"><table>"
            + Self.row(
                [
                    "feature", "weight", "standardised", "selected", "AUC alone", "mean", "scale",
                    "rule",
                ], "th") + rows + "</table></div>\(more)\n"
    }

    private func rule(_ rule: WeightRule) -> String {
        if rule.lower == 0, rule.upper == 0 { return "forbidden" }
        var words: [String] = []
        if rule.penaltyFactor == 0 { words.append("kept") }
        if rule.penaltyFactor != 0, rule.penaltyFactor != 1 {
            words.append("penalty × \(Numerals.plain(rule.penaltyFactor))")
        }
        if rule.lower == 0 { words.append("≥ 0") }
        if rule.upper == 0 { words.append("≤ 0") }
        return words.joined(separator: ", ")
    }

    private var segments: String {
        guard !report.segments.isEmpty else { return "" }
        var rows = Self.row(
            ["feature", "part", "examples", "positives", "AUC", "average precision"], "th")
        for segment in report.segments {
            rows += Self.row([
                Markup.escaped(segment.feature), Markup.escaped(text(segment.part)),
                Numerals.grouped(segment.scored.count),
                Numerals.grouped(segment.scored.positiveCount),
                Numerals.fixed(segment.scored.rocArea, 4),
                Numerals.fixed(segment.scored.averagePrecision, 4),
            ])
        }
        return "<h2>Segments</h2><div class=\"wide\"><table>\(rows)</table></div>\n"
    }

    private func text(_ part: TrainRun.Segment.Part) -> String {
        switch part {
        case .span(let from, let to):
            "\(Numerals.significant(from, 4)) … \(Numerals.significant(to, 4))"
        case .value(let value): value
        case .others(let count): "\(Numerals.grouped(count)) others"
        case .missing: "missing"
        }
    }

    private var lambdas: String {
        let losses = run.validation.summary { $0.loss }
        let areas = run.validation.summary { $0.rocArea }
        let precisions = run.validation.summary { $0.averagePrecision }
        var rows = Self.row(
            ["λ", "weights", "loss", "± se", "AUC", "average precision", "gap"], "th")
        for (place, point) in run.points.enumerated() {
            let isJudged = place < losses.count
            let cells = [
                Numerals.significant(point.lambda, 4), "\(point.nonZeroCount)",
                Numerals.fixed(isJudged ? losses[place].mean : nil, 6),
                Numerals.fixed(isJudged ? losses[place].error : nil, 6),
                Numerals.fixed(isJudged ? areas[place].mean : nil, 4),
                Numerals.fixed(isJudged ? precisions[place].mean : nil, 4),
                Numerals.significant(point.gap, 2),
            ]
            rows += Self.row(cells, isChosen: place == run.chosen)
        }
        return "<h2>λ</h2><div class=\"wide\"><table>\(rows)</table></div>\n"
    }

    private static func row(
        _ cells: [String], _ tag: String = "td", isChosen: Bool = false
    ) -> String {
        "<tr\(isChosen ? " class=\"chosen\"" : "")>"
            + cells.map { "<\(tag)>\($0)</\(tag)>" }.joined() + "</tr>\n"
    }
}

extension TrainReport {
    /// The report as a page.
    var html: String { TrainPage(self).text }
}
