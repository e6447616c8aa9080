internal import Glibc
internal import Model
internal import Sparse

/// What the rows say at a point: margins and what follows from them.
struct RowState {
    var margins: [Double]
    /// Derivative of each row's loss by its margin.
    var slopes: [Double]
    /// The same times the row's weight.
    var weighted: [Double]
    /// Weighted mean of the losses.
    var meanLoss = 0.0
    /// Sum of `weighted`: derivative by the intercept.
    var slopeSum = 0.0

    init(rowCount: Int) {
        margins = Array(repeating: 0, count: rowCount)
        slopes = margins
        weighted = margins
    }

    /// Fills slopes and losses of some rows from their margins.
    mutating func update(_ rows: Range<Int>, _ design: Design, _ loss: Loss) {
        let sums = Self.update(rows, design, loss, margins, &slopes, &weighted)
        meanLoss += sums.loss
        slopeSum += sums.slope
    }

    private static func update(
        _ rows: Range<Int>, _ design: Design, _ loss: Loss, _ margins: [Double],
        _ slopes: inout [Double], _ weighted: inout [Double]
    ) -> (loss: Double, slope: Double) {
        var slopes = slopes.mutableSpan
        var weighted = weighted.mutableSpan
        let margins = margins.span
        let labels = design.labels.span
        let weights = design.weights.span
        var (lossSum, sum) = (0.0, 0.0)
        for row in rows {
            let (margin, label) = (margins[row], labels[row])
            let value: (loss: Double, slope: Double)
            if loss == .logistic {
                value = logistic(margin, label)
            } else {
                let error = margin - label
                value = (0.5 * error * error, error)
            }
            let part = weights[row] * value.slope
            slopes[row] = value.slope
            weighted[row] = part
            lossSum += weights[row] * value.loss
            sum += part
        }
        return (lossSum, sum)
    }

    /// log(1 + e^m) - y m and its derivative; no cancellation at margins of any size.
    @inline(__always)
    private static func logistic(_ margin: Double, _ label: Double) -> (loss: Double, slope: Double)
    {
        let power = exp(-abs(margin))
        let share = 1 / (1 + power)
        let loss = max(margin, 0) - margin * label + log1p(power)
        // Where the label is 1, p - 1 keeps its digits when computed as -(1 - p).
        if label == 1 { return (loss, -(margin >= 0 ? power * share : share)) }
        return (loss, (margin >= 0 ? share : power * share) - label)
    }

    /// Second derivative of each row's loss times its weight.
    func curvatures(_ design: Design, _ loss: Loss) -> [Double] {
        guard loss == .logistic else { return design.weights }
        return slopes.indices.map { row in
            let label = design.labels[row]
            let slope = slopes[row]
            return design.weights[row] * (slope + label) * (1 - label - slope)
        }
    }
}

extension Design {
    /// Rows whose stored values are read twice while they are in the cache.
    private static let blockRows = 256

    /// Moves margins along columns, and gives the gradient by `watched` at the new point: two
    /// passes over the matrix in one.
    func move(
        _ from: RowState, along columns: [Int], by changes: [Double], intercept: Double,
        _ loss: Loss,
        into state: inout RowState, watched: [Int]
    ) -> [Double] {
        state.margins = from.margins
        state.meanLoss = 0
        state.slopeSum = 0
        if intercept != 0 {
            var margins = state.margins.mutableSpan
            for row in margins.indices { margins[row] += intercept }
        }
        var gradient = [Double](repeating: 0, count: watched.count)
        switch matrix {
        case .dense(let matrix):
            var start = 0
            while start < rowCount {
                let rows = start..<min(rowCount, start + Self.blockRows)
                matrix.addProduct(
                    columns: columns, coefficients: changes, rows: rows, to: &state.margins)
                state.update(rows, self, loss)
                matrix.addTransposedProduct(
                    columns: watched, vector: state.weighted, rows: rows, to: &gradient)
                start = rows.upperBound
            }
        case .compressed(let matrix):
            for (column, change) in zip(columns, changes) {
                matrix.add(column: column, times: change, to: &state.margins)
            }
            state.update(0..<rowCount, self, loss)
            for k in watched.indices {
                gradient[k] = matrix.dot(column: watched[k], state.weighted)
            }
        }
        center(&gradient, watched, state)
        return gradient
    }

    /// The gradient of the mean loss by standardised columns.
    func gradient(_ columns: [Int], _ state: RowState) -> [Double] {
        var gradient = matrix.transposedProduct(columns: columns, vector: state.weighted)
        center(&gradient, columns, state)
        return gradient
    }

    private func center(_ gradient: inout [Double], _ columns: [Int], _ state: RowState) {
        for k in columns.indices { gradient[k] -= centers[columns[k]] * state.slopeSum }
    }
}
