internal import Usage

/// An audit as one page of HTML that needs nothing else.
struct AuditPage {
    private let report: AuditReport

    init(_ report: AuditReport) { self.report = report }

    var text: String {
        let audit = report.audit
        let title = "\(audit.project): \(audit.flagged.count) of \(audit.rows.count) could go"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped(title))</title>
            <style>\(Self.style)</style></head>
            <body>
            <h1>\(Markup.escaped(title))</h1>
            <p>\(Numerals.grouped(audit.events)) events · model \(Markup.escaped(audit.model)) ·
            state \(Numerals.bytes(audit.stateBytes)) · \(audit.skipped.count) not computed</p>
            \(summary)
            \(proof)
            <table><thead><tr><th>feature</th><th>verdict</th><th>share of what moves scores</th>
            <th>weighed</th><th>missing</th><th>state saved</th><th>why</th></tr></thead>
            <tbody>
            \(audit.rows.map(row).joined(separator: "\n"))
            </tbody></table>
            </body></html>

            """
    }

    private static let style = """
        :root{color-scheme:light dark;--flag:#d9480f;--bar:#1c7ed6;--line:#8884}
        body{font:15px/1.45 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem} h2{font-size:1.05rem}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        td,th{text-align:right;padding:.25rem .8rem .25rem 0;border-top:1px solid var(--line)}
        th{font-weight:normal;opacity:.7;border:0} td:first-child,th:first-child{text-align:left}
        td:nth-child(2),th:nth-child(2),td:last-child,th:last-child{text-align:left}
        td:first-child{font-weight:600;overflow-wrap:anywhere}
        .tag{border-radius:.6rem;padding:0 .5rem;font-size:.8rem;background:#8882}
        .tag{white-space:nowrap}
        .tag.flag{background:var(--flag);color:#fff}
        .bar{display:inline-block;height:.7rem;background:var(--bar);border-radius:.2rem;
        margin-right:.4rem;vertical-align:middle;min-width:1px}
        .counts{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;list-style:none}
        """

    /// How many features got each verdict.
    private var summary: String {
        var counts: [String: (count: Int, isFlag: Bool)] = [:]
        for row in report.audit.rows {
            counts[row.verdict.code, default: (0, row.verdict.isFlag)].count += 1
        }
        let items = counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
            "<li><span class=\"tag\($0.value.isFlag ? " flag" : "")\">"
                + "\($0.value.count) \($0.key)</span></li>"
        }
        return "<ul class=\"counts\">\(items.joined())</ul>"
    }

    private var proof: String {
        guard let proof = report.proof else { return "" }
        let rows = proof.findings.map {
            "<tr><td>\(Markup.escaped($0.name))</td><td>\(Markup.escaped($0.value))</td></tr>"
        }
        return "<h2>\(Markup.escaped(proof.title))</h2><table>\(rows.joined())</table>"
    }

    private func row(_ row: FeatureAudit.Row) -> String {
        let largest = report.audit.rows.map(\.evidence.share).max() ?? 0
        let width = largest > 0 ? 6 * row.evidence.share / largest : 0
        return "<tr><td>\(Markup.escaped(row.evidence.name))</td>"
            + "<td><span class=\"tag\(row.verdict.isFlag ? " flag" : "")\">"
            + "\(row.verdict.code)</span></td>"
            + "<td><span class=\"bar\" style=\"width:\(Numerals.fixed(width, 2))rem\"></span>"
            + "\(AuditReport.percent(row.evidence.share))</td>"
            + "<td>\(AuditReport.percent(row.weighedShare))</td>"
            + "<td>\(AuditReport.percent(row.missingShare))</td>"
            + "<td>\(Numerals.bytes(row.evidence.savedBytes))</td>"
            + "<td>\(Markup.escaped(row.verdict.sentence))</td></tr>"
    }
}
