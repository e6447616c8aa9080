internal import Features
internal import Model
internal import Sparse
internal import Training
internal import Project

extension TrainRun {
    /// Predictions of the chosen λ on rows that its fits had not seen, with their rows.
    struct Judged {
        var scored = ScoredLabels()
        var rows: [Int] = []
        var rivals = Rivals()
    }

    /// The chosen λ beside the champion, on rows that are new to both.
    struct Rivals {
        var ours = ScoredLabels()
        var champion = ScoredLabels()
        /// Why there is no such row.
        var absence: String?
    }

    func judged() -> Judged {
        var judged = Judged()
        let examples = set.table.examples
        let loss = project.model.loss
        for judge in judges {
            let margins = design.margins(at: judge.point, judge.scaling, of: judge.rows)
            judged.rows += judge.rows
            for (row, margin) in zip(judge.rows, margins) {
                judged.scored.append(
                    score: loss.prediction(atMargin: margin), label: examples.labels[row],
                    weight: examples.weights?[row] ?? 1)
            }
        }
        if let champion = given.champion { judged.rivals = rivals(champion, judged) }
        return judged
    }

    private func rivals(_ champion: ChampionMargins, _ judged: Judged) -> Rivals {
        guard let last = champion.lastMillis else {
            return Rivals(
                absence: "none taken, as the champion does not say of which times its examples were"
            )
        }
        var rivals = Rivals()
        for (place, row) in judged.rows.enumerated() {
            guard let margin = champion[row] else { continue }
            let (label, weight) = (judged.scored.labels[place], judged.scored.weights[place])
            rivals.ours.append(score: judged.scored.scores[place], label: label, weight: weight)
            rivals.champion.append(
                score: project.model.loss.prediction(atMargin: margin), label: label,
                weight: weight)
        }
        if rivals.ours.count == 0 {
            rivals.absence =
                "none taken, as no judged example is later than those of the champion, to"
                + " \(CalendarTime(millis: last).text)"
        } else if rivals.ours.rocArea == nil {
            rivals.absence = "none taken, as labels later than the champion's are of one class"
        }
        return rivals
    }
}

extension FeatureMatrix {
    /// A column whole; absent values are NaN.
    func values(ofColumn column: Int) -> [Double] {
        switch self {
        case .dense(let matrix): return Array(matrix.column(column))
        case .compressed(let matrix):
            var values = [Double](repeating: .nan, count: matrix.rowCount)
            let (rows, stored) = matrix.column(column)
            for (row, value) in zip(rows, stored) { values[Int(row)] = value }
            return values
        }
    }

    /// Rows as vectors of a feature space.
    ///
    /// - Parameter indices: of the columns.
    func vectors(indices: [UInt32]) -> [SparseVector] {
        var vectors = [SparseVector](repeating: SparseVector(), count: rowCount)
        for column in 0..<columnCount {
            switch self {
            case .dense(let matrix):
                for (row, value) in matrix.column(column).enumerated() where value.isFinite {
                    vectors[row].append(indices[column], value)
                }
            case .compressed(let matrix):
                let (rows, values) = matrix.column(column)
                for (row, value) in zip(rows, values) where value.isFinite {
                    vectors[Int(row)].append(indices[column], value)
                }
            }
        }
        return vectors
    }
}
