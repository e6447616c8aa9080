internal import Drift
internal import Glibc

/// Two distributions as bars side by side on one scale, in SVG.
struct DriftPlot {
    private static let width = 640.0
    private static let height = 180.0
    private static let base = 150.0
    private static let barsMax = 24

    /// A group of bars: what it stands for, and the two shares.
    private var bars: [(label: String, before: Double, now: Double)] = []

    init(_ feature: DriftReport.Feature) {
        if let before = feature.baseline.categories, let now = feature.window.categories {
            compare(before, now)
        } else {
            compare(feature.baseline.distribution, feature.window.distribution)
        }
    }

    private mutating func compare(_ before: CategoryCounts, _ now: CategoryCounts) {
        let shares = { (counts: CategoryCounts) in
            Dictionary(
                counts.entries.map { ($0.name, $0.count / max(1, counts.total)) },
                uniquingKeysWith: +)
        }
        let (old, new) = (shares(before), shares(now))
        let names = Set(old.keys).union(new.keys).sorted {
            (max(old[$1] ?? 0, new[$1] ?? 0), $0) < (max(old[$0] ?? 0, new[$0] ?? 0), $1)
        }
        bars = names.prefix(12).map { ($0, old[$0] ?? 0, new[$0] ?? 0) }
    }

    private mutating func compare(_ before: Distribution, _ now: Distribution) {
        let ends = [0.005, 0.995].flatMap { [before.quantile($0), now.quantile($0)] }
            .compactMap { $0 }
        guard let low = ends.min(), let high = ends.max() else { return }
        guard high > low else {
            bars = [(Self.label(low), 1, 1)]
            return
        }
        let edges = Self.edges(low, high)
        for (left, right) in zip(edges, edges.dropFirst()) {
            let isLast = right == edges[edges.count - 1]
            func share(_ distribution: Distribution) -> Double {
                let end = isLast ? 1 : distribution.share(atOrBelow: right)
                return end - (left == edges[0] ? 0 : distribution.share(atOrBelow: left))
            }
            bars.append((Self.label(left), share(before), share(now)))
        }
    }

    /// Three digits, however small the value: scores are often below a thousandth.
    private static func label(_ value: Double) -> String {
        abs(value) < 1 ? Numerals.significant(value) : DriftComparison.short(value)
    }

    /// Equal steps; or equal ratios where positive values span more than two decades.
    private static func edges(_ low: Double, _ high: Double) -> [Double] {
        let steps = Double(barsMax)
        let isLogarithmic = low > 0 && high / low > 100
        return (0...barsMax).map { step in
            let part = Double(step) / steps
            return isLogarithmic
                ? low * pow(high / low, part) : low + (high - low) * part
        }
    }

    /// The picture; a word where there is nothing to draw.
    var text: String {
        let highest = bars.reduce(0) { max($0, $1.before, $1.now) }
        guard highest > 0 else { return "<p>no values</p>" }
        let step = Self.width / Double(bars.count)
        var shapes = ""
        let labelEvery = max(1, (bars.count + 7) / 8)
        for (place, bar) in bars.enumerated() {
            let x = Double(place) * step
            shapes += Self.bar(x + step * 0.08, step * 0.4, bar.before / highest, "--before")
            shapes += Self.bar(x + step * 0.52, step * 0.4, bar.now / highest, "--now")
            guard place % labelEvery == 0 else { continue }
            let label = Markup.escaped(String(bar.label.prefix(14)))
            shapes += "<text x=\"\(Numerals.fixed(x + 1, 1))\" y=\"166\">\(label)</text>"
        }
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-label="shares of baseline and window">\(shapes)\
            <line x1="0" x2="\(Int(Self.width))" y1="\(Int(Self.base))" y2="\(Int(Self.base))" \
            stroke="currentColor" stroke-opacity=".4"/></svg>
            """
    }

    private static func bar(
        _ x: Double, _ width: Double, _ share: Double, _ color: String
    ) -> String {
        let height = share * (base - 8)
        return "<rect x=\"\(Numerals.fixed(x, 1))\" y=\"\(Numerals.fixed(base - height, 1))\" "
            + "width=\"\(Numerals.fixed(width, 1))\" height=\"\(Numerals.fixed(height, 1))\" "
            + "fill=\"var(\(color))\"/>"
    }
}
