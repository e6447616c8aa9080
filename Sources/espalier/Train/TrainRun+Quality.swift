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
        /// Of the champion on the same rows.
        var champion: ScoredLabels?
    }

    func judged(champion: SparseModel?) -> Judged {
        var judged = Judged()
        guard let chosen else { return judged }
        let examples = set.table.examples
        let loss = project.model.loss
        if champion != nil { judged.champion = ScoredLabels() }
        for fold in validation.folds where chosen < fold.points.count {
            let test = examples.selecting(fold.split.test)
            let margins = fold.points[chosen].margins(of: test.matrix, fold.scaling)
            let rivals = champion.map { self.margins(of: $0, test.matrix) }
            for (place, row) in fold.split.test.enumerated() {
                let weight = test.weights?[place] ?? 1
                judged.rows.append(row)
                judged.scored.append(
                    score: loss.prediction(atMargin: margins[place]), label: test.labels[place],
                    weight: weight)
                if let rivals {
                    judged.champion?.append(
                        score: loss.prediction(atMargin: rivals[place]),
                        label: test.labels[place], weight: weight)
                }
            }
        }
        return judged
    }

    private func margins(of model: SparseModel, _ matrix: FeatureMatrix) -> [Double] {
        matrix.vectors(indices: set.table.indices).map { model.margin(of: $0) }
    }

    /// Rows by quarters of a feature, or by its values if they are few.
    func segments(of name: String, _ judged: Judged) throws(Failure) -> [Segment] {
        guard case .index(let index) = set.plan.layout[name]?.place,
            let column = set.table.indices.firstIndex(of: index)
        else {
            throw Failure(.usage, "--segment: found \(name), which is no numeric input")
        }
        let values = set.table.examples.matrix.values(ofColumn: column)
        let known = judged.rows.map { values[$0] }.filter(\.isFinite).sorted()
        guard !known.isEmpty else { return [] }
        var edges = (1..<4).map { known[known.count * $0 / 4] }
        edges = Set(edges).subtracting([known[0]]).sorted()
        var parts = [ScoredLabels](repeating: ScoredLabels(), count: edges.count + 1)
        for (place, row) in judged.rows.enumerated() where values[row].isFinite {
            let part = edges.count { $0 <= values[row] }
            parts[part].append(
                score: judged.scored.scores[place], label: judged.scored.labels[place])
        }
        return parts.enumerated().map { part, scored in
            Segment(
                feature: name, from: part > 0 ? edges[part - 1] : known[0],
                to: part < edges.count ? edges[part] : known[known.count - 1], scored: scored)
        }
    }

    /// Examples whose feature is in a span.
    struct Segment {
        let feature: String
        let from: Double
        let to: Double
        let scored: ScoredLabels
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
