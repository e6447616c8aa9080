internal import Drift

/// A drift comparison as one page of HTML that needs nothing else: every feature with both
/// distributions on one scale.
struct DriftPage {
    private let comparison: DriftComparison

    /// Features drawn at most; those that drift come first.
    private static let featuresMax = 300

    init(_ comparison: DriftComparison) { self.comparison = comparison }

    var text: String {
        let report = comparison.report
        let drifting = report.drifting
        let names = Set(drifting.map(\.name))
        let others = report.features.filter { !names.contains($0.name) }
        let shown = (drifting + others).prefix(Self.featuresMax)
        let title = "\(comparison.project): \(drifting.count) of \(report.features.count) drift"
        var body = "<h1>\(Markup.escaped(title))</h1>\n<p class=\"spans\">"
        body += "<b class=\"before\">baseline</b> "
        body += "\(Markup.escaped(DriftComparison.describe(comparison.before)))<br>"
        body += "<b class=\"now\">window</b> "
        body += "\(Markup.escaped(DriftComparison.describe(comparison.now)))</p>\n"
        body += explanation
        if let scores = report.scores { body += card(scores) }
        body += shown.map(card).joined()
        let left = report.features.count - shown.count
        if left > 0 { body += "<p>\(left) further features are not drawn.</p>\n" }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped(title))</title>
            <style>\(Self.style)</style></head>
            <body>
            \(body)</body></html>

            """
    }

    private static let style = """
        :root{color-scheme:light dark;--before:#8a8f98;--now:#d9480f;--line:#8884}
        body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem} h2{font-size:1rem;margin:0;overflow-wrap:anywhere}
        .before{color:var(--before)} .now{color:var(--now)}
        .card{display:grid;grid-template-columns:minmax(15rem,1fr) minmax(20rem,2fr);gap:1rem;
        border-top:1px solid var(--line);padding:1rem 0}
        .tag{border-radius:.6rem;padding:0 .5rem;font-size:.8rem;background:#8882}
        .tag.drift{background:#d9480f;color:#fff} .tag.named{background:#862e9c;color:#fff}
        table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
        td,th{text-align:right;padding:0 .8rem 0 0;font-weight:normal}
        td:first-child,th:first-child{text-align:left} th{opacity:.7}
        td.over{color:var(--now);font-weight:600}
        svg{width:100%;height:auto} svg text{font-size:11px;fill:currentColor;opacity:.75}
        @media(max-width:45rem){.card{grid-template-columns:1fr}}
        """

    private var explanation: String {
        guard let parts = comparison.report.explanation?.parts.prefix(5), !parts.isEmpty else {
            return ""
        }
        let items = parts.map {
            "<li>\(Markup.escaped($0.feature)) \(Numerals.signed($0.change, 3))</li>"
        }
        return "<p>What moved the mean margin most:</p><ol>\(items.joined())</ol>\n"
    }

    private func card(_ feature: DriftReport.Feature) -> String {
        var tags = "<span class=\"tag\(feature.verdict.isDrift ? " drift" : "")\">"
        tags += "\(DriftComparison.words(feature.verdict))</span>"
        for anomaly in feature.anomalies {
            tags += " <span class=\"tag named\">\(Markup.escaped(anomaly.name))</span>"
        }
        if feature.isMasked { tags += " <span class=\"tag\">masked: weighs nothing</span>" }
        let causes = feature.anomalies.map { "<p>\(Markup.escaped($0.sentence))</p>" }.joined()
        return """
            <section class="card"><div><h2>\(Markup.escaped(feature.name))</h2>
            <p>\(tags)</p>\(causes)\(measures(of: feature))</div>
            <div>\(DriftPlot(feature).text)</div></section>

            """
    }

    private func measures(of feature: DriftReport.Feature) -> String {
        var over: Set<DriftMeasure> = []
        if case .drift(let excesses) = feature.verdict { over = Set(excesses.map(\.measure)) }
        let rows = feature.comparison.findings.map { finding in
            let name = Markup.escaped(finding.measure.title)
            let value = DriftComparison.short(finding.measured.value)
            let error = finding.measured.resolution
            return
                "<tr><td>\(name)</td><td\(over.contains(finding.measure) ? " class=\"over\"" : "")>"
                + "\(value)</td><td>\(error > 0 ? DriftComparison.short(error) : "")</td></tr>"
        }
        return "<table><tr><th>measure</th><th>is</th><th>sketch’s error</th></tr>"
            + "\(rows.joined())</table>"
    }
}
