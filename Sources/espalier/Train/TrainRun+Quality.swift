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

    func judged(champion: ModelArtifact?) throws(ArtifactError) -> Judged {
        var judged = Judged()
        guard let chosen else { return judged }
        let examples = set.table.examples
        let loss = project.model.loss
        for fold in validation.folds where chosen < fold.points.count {
            let test = examples.selecting(fold.split.test)
            let margins = fold.points[chosen].margins(of: test.matrix, fold.scaling)
            for (place, row) in fold.split.test.enumerated() {
                judged.rows.append(row)
                judged.scored.append(
                    score: loss.prediction(atMargin: margins[place]), label: test.labels[place],
                    weight: test.weights?[place] ?? 1)
            }
        }
        if let champion { judged.rivals = try rivals(champion, judged) }
        return judged
    }

    /// The champion knows the labels of what it was trained on, so that is no measure of it.
    private func rivals(
        _ champion: ModelArtifact, _ judged: Judged
    ) throws(ArtifactError) -> Rivals {
        let model = try SparseModel(champion, for: set.plan.layout)
        guard let known = champion.content.data.times else {
            return Rivals(
                absence: "none taken, as the champion does not say of which times its examples were"
            )
        }
        let places = judged.rows.indices.filter {
            set.table.times[judged.rows[$0]] > known.upperBound
        }
        guard !places.isEmpty else {
            return Rivals(
                absence: "none taken, as no judged example is later than those of the champion, to"
                    + " \(CalendarTime(millis: known.upperBound).text)")
        }
        let later = set.table.examples.selecting(places.map { judged.rows[$0] })
        let vectors = later.matrix.vectors(indices: set.table.indices)
        var rivals = Rivals()
        for (place, vector) in zip(places, vectors) {
            let (label, weight) = (judged.scored.labels[place], judged.scored.weights[place])
            rivals.ours.append(score: judged.scored.scores[place], label: label, weight: weight)
            rivals.champion.append(
                score: project.model.loss.prediction(atMargin: model.margin(of: vector)),
                label: label, weight: weight)
        }
        if rivals.ours.rocArea == nil {
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
