internal import Model
internal import Project
internal import Training

/// What the page draws.
extension TrainPage {
    /// Features whose path is drawn; those that go farthest have a colour and a name.
    private static let pathsMax = 60

    /// Coefficients and loss by λ, calibration, and what a weight more brings.
    var plots: [Plot] {
        let lambda = run.chosen.map { run.points[$0].lambda }
        let losses = run.validation.summary { $0.loss }
        var path = Plot(
            "Weights by λ", x: ("λ", .logarithmic), y: ("standardised weight", .linear))
        path.marked = lambda
        path.series = paths
        var curve = Plot(
            "Loss on \(report.run.command.judges) by λ", x: ("λ", .logarithmic),
            y: ("mean loss ± se", .linear))
        curve.marked = lambda
        curve.series = [
            .init(
                name: "", mark: .bars,
                points: losses.indices.map {
                    (x: run.points[$0].lambda, y: losses[$0].mean, error: losses[$0].error)
                })
        ]
        var trade = Plot(
            "Loss by number of weights", x: ("weights", .whole), y: ("mean loss", .linear))
        trade.marked = run.chosen.map { Double(run.points[$0].nonZeroCount) }
        trade.series = [
            .init(
                name: "", mark: .points,
                points: losses.indices.map {
                    (x: Double(run.points[$0].nonZeroCount), y: losses[$0].mean, error: 0)
                })
        ]
        guard run.project.model.loss == .logistic else { return [path, curve, trade] }
        return [path, curve, trade, Self.calibration(of: report.judged.scored)]
    }

    static func calibration(of scored: ScoredLabels) -> Plot {
        var plot = Plot(
            "Calibration by tenths", x: ("mean score", .logarithmic),
            y: ("share of positives", .logarithmic))
        plot.hasDiagonal = true
        // A logarithm has no place for a share of 0: it stands where half a positive would.
        let bins = scored.calibration()
        for (name, isEmpty) in [("", false), ("no positive", true)] {
            let points = bins.filter { ($0.meanLabel <= 0) == isEmpty }.map { bin in
                (
                    x: bin.meanScore, y: isEmpty ? 0.5 / Double(bin.count) : bin.meanLabel,
                    error: 0.0
                )
            }
            guard !points.isEmpty else { continue }
            plot.series.append(.init(name: name, mark: .points, points: points))
        }
        return plot
    }

    /// The weights that go farthest, named in the order in which they stand at the smallest λ.
    private var paths: [Plot.Series] {
        var farthest: [Int: Double] = [:]
        for entry in run.points.flatMap(\.entries) {
            farthest[entry.column] = max(farthest[entry.column] ?? 0, abs(entry.standardized))
        }
        let ranked = farthest.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .prefix(Self.pathsMax).map(\.key)
        let lines = ranked.enumerated().map { rank, column in
            let isNamed = rank < Plot.colors.count
            return Plot.Series(
                name: isNamed ? run.set.name(ofColumn: column) : "", mark: .line,
                points: run.points.map { point in
                    let entry = point.entries.first { $0.column == column }
                    return (x: point.lambda, y: entry?.standardized ?? 0, error: 0.0)
                }, isPale: !isNamed)
        }
        return lines.sorted { ($0.points.last?.y ?? 0) > ($1.points.last?.y ?? 0) }
    }
}
