/// A plot as SVG: lines, points and error bars over two axes.
struct Plot {
    /// How numbers become places.
    enum Scale {
        case linear, logarithmic
        /// Linear, of counts.
        case whole
    }

    /// What is drawn through the points.
    enum Mark {
        case line, points, bars
    }

    struct Series {
        var name: String
        var mark: Mark
        /// x, y, and how far up and down y may be off.
        var points: [(x: Double, y: Double, error: Double)]
        /// Whether it stands behind the others, in no colour of its own.
        var isPale = false
    }

    let title: String
    let x: (label: String, scale: Scale)
    let y: (label: String, scale: Scale)
    var series: [Series] = []
    /// A vertical line.
    var marked: Double?
    /// Whether y = x is drawn.
    var hasDiagonal = false

    private static let width = 640.0
    private static let height = 340.0
    private static let margin = (left: 70.0, top: 34.0, bottom: 46.0)
    /// Of the series that are not pale, in turn.
    static let colors = [
        "#1b6ca8", "#c8553d", "#3a7d44", "#8e5ea2", "#b8860b", "#00838f", "#ad1457", "#5d4037",
        "#607d8b", "#7cb342",
    ]
    private static let pale = "#8888"
    private static let nameLengthMax = 22
    /// Of a character of a tick's text, where it is widest.
    private static let characterWidth = 8.0

    init(
        _ title: String, x: (label: String, scale: Scale), y: (label: String, scale: Scale)
    ) {
        self.title = title
        self.x = x
        self.y = y
    }

    /// Names stand to the right of the axes.
    private var right: Double { series.contains { !$0.name.isEmpty } ? 150 : 14 }

    /// The whole element; empty without two different places.
    var svg: String {
        let xs = series.flatMap { $0.points.map(\.x) }.filter(\.isFinite)
        let ys = series.flatMap { $0.points.flatMap { [$0.y - $0.error, $0.y + $0.error] } }
            .filter(\.isFinite)
        guard let across = Axis(xs, x.scale), let up = Axis(ys, y.scale) else { return "" }
        let frame = Frame(across: across, up: up, right: right)
        var text = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">"
        text += "<title>\(Markup.escaped(title))</title>"
        text += "<text x=\"\(Self.margin.left)\" y=\"18\" class=\"title\">"
        text += "\(Markup.escaped(title))</text>" + axes(frame)
        if let marked, marked > 0 || x.scale != .logarithmic {
            let place = frame.x(marked)
            text += "<line x1=\"\(place)\" x2=\"\(place)\" y1=\"\(Self.margin.top)\""
            text += " y2=\"\(Self.height - Self.margin.bottom)\" class=\"marked\"/>"
        }
        if hasDiagonal {
            let (low, high) = (max(across.low, up.low), min(across.high, up.high))
            text += "<line x1=\"\(frame.x(across.value(low)))\" y1=\"\(frame.y(up.value(low)))\""
            text += " x2=\"\(frame.x(across.value(high)))\" y2=\"\(frame.y(up.value(high)))\""
            text += " class=\"grid\"/>"
        }
        for series in series where series.isPale { text += draw(series, Self.pale, frame) }
        for (place, series) in series.filter({ !$0.isPale }).enumerated() {
            let color = Self.colors[place % Self.colors.count]
            text += draw(series, color, frame) + name(series, place, color)
        }
        return text + "</svg>"
    }

    private struct Frame {
        let across: Axis
        let up: Axis
        let right: Double

        func place(_ value: Double) -> Double {
            Plot.margin.left + across.part(value) * (Plot.width - Plot.margin.left - right)
        }

        func x(_ value: Double) -> String { Numerals.fixed(place(value), 1) }

        func y(_ value: Double) -> String {
            let span = Plot.height - Plot.margin.top - Plot.margin.bottom
            let part = max(-0.02, min(1.02, up.part(value)))
            return Numerals.fixed(Plot.height - Plot.margin.bottom - part * span, 1)
        }
    }

    private func axes(_ frame: Frame) -> String {
        let (left, right) = (Self.margin.left, Self.width - frame.right)
        let bottom = Self.height - Self.margin.bottom
        var text = ""
        for tick in frame.up.ticks {
            let y = frame.y(tick)
            text += "<line x1=\"\(left)\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\" class=\"grid\"/>"
            text += "<text x=\"\(left - 6)\" y=\"\(y)\" class=\"up\">"
            text += "\(Axis.text(of: tick))</text>"
        }
        var free = 0.0
        for tick in frame.across.ticks {
            let x = frame.x(tick)
            text += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(bottom)\" y2=\"\(bottom + 4)\""
            text += " class=\"grid\"/>"
            let name = Axis.text(of: tick)
            let half = Double(name.count) * Self.characterWidth / 2
            guard frame.place(tick) - half >= free else { continue }
            free = frame.place(tick) + half
            text += "<text x=\"\(x)\" y=\"\(bottom + 17)\" class=\"across\">\(name)</text>"
        }
        text += "<text x=\"\((left + right) / 2)\" y=\"\(Self.height - 8)\" class=\"across\">"
        text += "\(Markup.escaped(x.label))</text>"
        let middle = (Self.margin.top + bottom) / 2
        text += "<text x=\"14\" y=\"\(middle)\" class=\"across\""
        return text + " transform=\"rotate(-90 14 \(middle))\">\(Markup.escaped(y.label))</text>"
    }

    private func draw(_ series: Series, _ color: String, _ frame: Frame) -> String {
        let points = series.points.filter { $0.x.isFinite && $0.y.isFinite }
        guard !points.isEmpty else { return "" }
        var text = ""
        if series.mark != .points {
            let places = points.map { "\(frame.x($0.x)),\(frame.y($0.y))" }
            text += "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.6\" points=\""
            text += places.joined(separator: " ") + "\"/>"
        }
        guard series.mark != .line else { return text }
        for point in points {
            let (x, y) = (frame.x(point.x), frame.y(point.y))
            if series.mark == .bars {
                text += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(frame.y(point.y - point.error))\""
                text += " y2=\"\(frame.y(point.y + point.error))\" stroke=\"\(color)\""
                text += " opacity=\"0.5\"/>"
            }
            text += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"2.6\" fill=\"\(color)\"/>"
        }
        return text
    }

    private func name(_ series: Series, _ place: Int, _ color: String) -> String {
        guard !series.name.isEmpty else { return "" }
        let y = Self.margin.top + 14 * Double(place) + 6
        var text = "<text x=\"\(Self.width - right + 10)\" y=\"\(y)\" class=\"name\""
        text += " style=\"fill:\(color)\">"
        return text + "\(Markup.escaped(String(series.name.prefix(Self.nameLengthMax))))</text>"
    }
}
