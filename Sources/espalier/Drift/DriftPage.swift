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
        let title = "\(comparison.project): \(comparison.headline)"
        var body = "<p><b class=\"before\">baseline</b> "
        body += "\(Markup.escaped(DriftComparison.describe(comparison.before)))<br>"
        body += "<b class=\"now\">window</b> "
        body += "\(Markup.escaped(DriftComparison.describe(comparison.now)))</p>\n"
        body += explanation + quality
        if let scores = report.scores { body += card(scores) }
        body += shown.map(card).joined()
        let left = report.features.count - shown.count
        if left > 0 { body += "<p>\(left) further features are not drawn.</p>\n" }
        return HTMLPage(title: title, width: 72, style: Self.style, body: body).text
    }

    private static let style = """
        h2{font-size:1rem;margin:0;overflow-wrap:anywhere}
        :root{--before:#8a8f98;--now:var(--alarm)}
        .before{color:var(--before)} .now{color:var(--now)}
        .card{display:grid;grid-template-columns:minmax(15rem,1fr) minmax(20rem,2fr);gap:1rem;
        border-top:1px solid var(--line);padding:1rem 0}
        .tag.named{background:#862e9c;color:#fff}
        table{font-size:.85rem} td,th{padding:0 .8rem 0 0}
        td.over{color:var(--alarm);font-weight:600}
        svg text{opacity:.75}
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

    /// What scores promise, and what labels say.
    private var quality: String {
        var text = ""
        if let before = comparison.report.quality?.baseline,
            let now = comparison.report.quality?.expected
        {
            text += "<p>Expected of the scores, if they are calibrated: "
            text += "\(DriftComparison.words(before)) before, \(DriftComparison.words(now)) now"
            if !comparison.report.promisesHold {
                text += "; not to be relied on, as scores or what the model weighs drift"
            }
            text += "</p>\n"
        }
        if let found = comparison.report.qualityDrift {
            text += "<p>Against labels: \(DriftComparison.words(found.verdict)); "
            text += "\(DriftComparison.words(found))</p>\n"
        }
        return text
    }

    private func card(_ feature: DriftReport.Feature) -> String {
        var tags = "<span class=\"tag\(feature.verdict.isDrift ? " alarm" : "")\">"
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

    private static func chance(_ probability: Double) -> String {
        probability < 0.001 ? "&lt;0.001" : Numerals.fixed(probability, 3)
    }

    private func measures(of feature: DriftReport.Feature) -> String {
        var over: Set<DriftMeasure> = []
        if case .drift(let excesses) = feature.verdict { over = Set(excesses.map(\.measure)) }
        let rows = feature.comparison.findings.map { finding in
            let name = Markup.escaped(finding.measure.title)
            let value = DriftComparison.short(finding.measured.value)
            let error = finding.measured.resolution
            let limit = comparison.threshold(finding.measure).map(DriftComparison.short) ?? ""
            let chance = finding.probability.map(Self.chance) ?? ""
            return
                "<tr><td>\(name)</td><td\(over.contains(finding.measure) ? " class=\"over\"" : "")>"
                + "\(value)</td><td>\(limit)</td><td>\(chance)</td>"
                + "<td>\(error > 0 ? DriftComparison.short(error) : "")</td></tr>"
        }
        return "<table><tr><th>measure</th><th>is</th><th>limit</th><th>p</th>"
            + "<th>sketch’s error</th></tr>"
            + "\(rows.joined())</table>"
    }
}
