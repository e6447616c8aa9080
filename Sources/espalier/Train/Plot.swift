internal import Glibc

/// A plot as SVG: lines, points and error bars over two axes.
struct Plot {
    /// How numbers become places.
    enum Scale {
        case linear, logarithmic
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
    private static let margin = (left: 70.0, right: 150.0, top: 34.0, bottom: 46.0)
    private static let colors = [
        "#1b6ca8", "#c8553d", "#3a7d44", "#8e5ea2", "#b8860b", "#00838f", "#ad1457", "#5d4037",
        "#455a64", "#7cb342",
    ]
    private static let namedMax = 12

    init(
        _ title: String, x: (label: String, scale: Scale), y: (label: String, scale: Scale)
    ) {
        self.title = title
        self.x = x
        self.y = y
    }

    /// The whole element; empty without two different places.
    var svg: String {
        let xs = series.flatMap { $0.points.map(\.x) }.filter(\.isFinite)
        let ys = series.flatMap { $0.points.flatMap { [$0.y - $0.error, $0.y + $0.error] } }
            .filter(\.isFinite)
        guard let across = Axis(xs, x.scale), let up = Axis(ys, y.scale) else { return "" }
        let frame = Frame(across: across, up: up)
        var text = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">"
        text += "<title>\(Markup.escaped(title))</title>"
        text += "<text x=\"\(Self.margin.left)\" y=\"18\" class=\"title\">"
        text += "\(Markup.escaped(title))</text>" + axes(frame)
        if let marked, marked > 0 || x.scale == .linear {
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
        for (place, series) in series.enumerated() { text += draw(series, place, frame) }
        return text + "</svg>"
    }

    /// The span of one axis, in logarithms where it is logarithmic.
    private struct Axis {
        let low: Double
        let high: Double
        let scale: Scale

        init?(_ values: [Double], _ scale: Scale) {
            let usable = scale == .linear ? values : values.filter { $0 > 0 }.map { log10($0) }
            guard let low = usable.min(), let high = usable.max() else { return nil }
            let rim = high > low ? 0.03 * (high - low) : max(abs(low) * 0.1, 1e-9)
            (self.low, self.high, self.scale) = (low - rim, high + rim, scale)
        }

        func part(_ value: Double) -> Double {
            let place = scale == .linear ? value : log10(max(value, 1e-300))
            return (place - low) / (high - low)
        }

        func value(_ place: Double) -> Double { scale == .linear ? place : pow(10, place) }

        /// Round numbers across the span.
        var ticks: [Double] {
            if scale == .logarithmic, let round = roundNumbers { return round }
            let rough = (high - low) / 5
            let unit = pow(10, floor(log10(rough)))
            let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 >= rough } ?? rough
            let first = (low / step).rounded(.up)
            let count = Int(((high / step).rounded(.down) - first)) + 1
            return (0..<max(0, min(count, 12))).map { value((first + Double($0)) * step) }
        }

        /// 1, 2 and 5 times powers of ten, or the powers alone where those are enough; nil where
        /// there are hardly any.
        private var roundNumbers: [Double]? {
            let decades = Int(floor(low))...Int(ceil(high))
            for digits in [[1.0], [1, 2, 5]] {
                let numbers = decades.flatMap { decade in
                    digits.map { $0 * pow(10, Double(decade)) }
                }
                .filter { log10($0) >= low && log10($0) <= high }
                if (3...12).contains(numbers.count) { return numbers }
            }
            return nil
        }
    }

    private struct Frame {
        let across: Axis
        let up: Axis

        func x(_ value: Double) -> String {
            let span = Plot.width - Plot.margin.left - Plot.margin.right
            return Numerals.fixed(Plot.margin.left + across.part(value) * span, 1)
        }

        func y(_ value: Double) -> String {
            let span = Plot.height - Plot.margin.top - Plot.margin.bottom
            let part = max(-0.02, min(1.02, up.part(value)))
            return Numerals.fixed(Plot.height - Plot.margin.bottom - part * span, 1)
        }
    }

    private func axes(_ frame: Frame) -> String {
        let (left, right) = (Self.margin.left, Self.width - Self.margin.right)
        let bottom = Self.height - Self.margin.bottom
        var text = ""
        for tick in frame.up.ticks {
            let y = frame.y(tick)
            text += "<line x1=\"\(left)\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\" class=\"grid\"/>"
            text += "<text x=\"\(left - 6)\" y=\"\(y)\" class=\"up\">"
            text += "\(Numerals.significant(tick))</text>"
        }
        for tick in frame.across.ticks {
            let x = frame.x(tick)
            text += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(bottom)\" y2=\"\(bottom + 4)\""
            text += " class=\"grid\"/>"
            text += "<text x=\"\(x)\" y=\"\(bottom + 17)\" class=\"across\">"
            text += "\(Numerals.significant(tick))</text>"
        }
        text += "<text x=\"\((left + right) / 2)\" y=\"\(Self.height - 8)\" class=\"across\">"
        text += "\(Markup.escaped(x.label))</text>"
        let middle = (Self.margin.top + bottom) / 2
        text += "<text x=\"14\" y=\"\(middle)\" class=\"across\""
        return text + " transform=\"rotate(-90 14 \(middle))\">\(Markup.escaped(y.label))</text>"
    }

    private func draw(_ series: Series, _ place: Int, _ frame: Frame) -> String {
        let color = Self.colors[place % Self.colors.count]
        let points = series.points.filter { $0.x.isFinite && $0.y.isFinite }
        guard !points.isEmpty else { return "" }
        var text = ""
        if series.mark != .points {
            let places = points.map { "\(frame.x($0.x)),\(frame.y($0.y))" }
            text += "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.6\" points=\""
            text += places.joined(separator: " ") + "\"/>"
        }
        if series.mark != .line {
            for point in points {
                let (x, y) = (frame.x(point.x), frame.y(point.y))
                if series.mark == .bars {
                    text += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(frame.y(point.y - point.error))\""
                    text += " y2=\"\(frame.y(point.y + point.error))\" stroke=\"\(color)\""
                    text += " opacity=\"0.5\"/>"
                }
                text += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"2.6\" fill=\"\(color)\"/>"
            }
        }
        guard place < Self.namedMax, !series.name.isEmpty else { return text }
        let y = Self.margin.top + 14 * Double(place) + 6
        text +=
            "<text x=\"\(Self.width - Self.margin.right + 10)\" y=\"\(y)\" style=\"fill:\(color)\">"
        return text + "\(Markup.escaped(String(series.name.prefix(22))))</text>"
    }
}
