internal import Usage

/// An audit as one page of HTML that needs nothing else.
struct AuditPage {
    private let report: AuditReport

    init(_ report: AuditReport) { self.report = report }

    var text: String {
        let audit = report.audit
        let title = "\(audit.project): \(audit.flagged.count) of \(audit.rows.count) could go"
        let body = """
            <p>\(Numerals.grouped(audit.events)) events · model \(Markup.escaped(audit.model)) ·
            state \(Numerals.bytes(audit.stateBytes)) · \(audit.skipped.count) not computed</p>
            \(audit.seesTwins ? "" : "<p>\(Markup.escaped(AuditReport.blindness))</p>")
            \(summary)
            \(proof)
            <table><thead><tr><th>feature</th><th>verdict</th><th>share of what moves scores</th>
            <th>weighed</th><th>missing</th><th>state saved</th><th>ns</th><th>why</th></tr></thead>
            <tbody>
            \(audit.rows.map(row).joined(separator: "\n"))
            </tbody></table>
            """
        return HTMLPage(title: title, width: 78, style: Self.style, body: body).text
    }

    private static let style = """
        h2{font-size:1.05rem} table{width:100%}
        td,th{padding:.25rem .8rem .25rem 0;border-top:1px solid var(--line)} th{border:0}
        td:nth-child(2),th:nth-child(2),td:last-child,th:last-child{text-align:left}
        td:first-child{font-weight:600;overflow-wrap:anywhere}
        .tag{white-space:nowrap}
        .bar{display:inline-block;height:.7rem;background:#1c7ed6;border-radius:.2rem;
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
            "<li><span class=\"tag\($0.value.isFlag ? " alarm" : "")\">"
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
            + "<td><span class=\"tag\(row.verdict.isFlag ? " alarm" : "")\">"
            + "\(row.verdict.code)</span></td>"
            + "<td><span class=\"bar\" style=\"width:\(Numerals.fixed(width, 2))rem\"></span>"
            + "\(AuditReport.percent(row.evidence.share))</td>"
            + "<td>\(AuditReport.percent(row.weighedShare))</td>"
            + "<td>\(AuditReport.percent(row.missingShare))</td>"
            + "<td>\(Numerals.bytes(row.cost.savedBytes))</td>"
            + "<td>\(row.cost.processorText)</td>"
            + "<td>\(Markup.escaped(row.verdict.sentence))</td></tr>"
    }
}
