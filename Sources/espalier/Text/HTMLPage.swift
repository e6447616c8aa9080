/// A page of HTML that needs nothing else: its style is inside, and it has no scripts.
///
/// The frame, the type and the tables of every report; a page adds rules of its own.
struct HTMLPage {
    /// In the title bar and as the page's heading.
    let title: String
    /// The widest the page becomes, in rem.
    let width: Int
    /// Rules of CSS after the common ones.
    let style: String
    /// Markup under the heading.
    let body: String

    var text: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escaped(title))</title>
        <style>\(Self.commonStyle)
        body{max-width:\(width)rem}
        \(style)</style></head>
        <body>
        <h1>\(Markup.escaped(title))</h1>
        \(body)
        </body></html>

        """
    }

    private static let commonStyle = """
        :root{color-scheme:light dark;--line:#8884;--soft:#8888;--alarm:#d9480f}
        body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        td,th{text-align:right} th{font-weight:normal;opacity:.7}
        td:first-child,th:first-child{text-align:left}
        .tag{border-radius:.6rem;padding:0 .5rem;font-size:.8rem;background:#8882}
        .tag.alarm{background:var(--alarm);color:#fff}
        svg{width:100%;height:auto} svg text{font-size:11px;fill:currentColor}
        """
}
