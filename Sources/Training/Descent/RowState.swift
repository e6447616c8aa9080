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

    /// Fills slopes and losses of some rows from their margins; those without weight stay 0.
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
        let uniformWeight = design.uniformWeight
        var (lossSum, sum, product) = (0.0, 0.0, 1.0)
        for row in rows {
            let (margin, label, weight) = (margins[row], labels[row], weights[row])
            guard weight > 0 else { continue }
            guard loss == .logistic else {
                let error = margin - label
                lossSum += weight * 0.5 * error * error
                slopes[row] = error
                weighted[row] = weight * error
                sum += weight * error
                continue
            }
            let power = exp(-abs(margin))
            let share = 1 / (1 + power)
            // Where the label is 1, p - 1 keeps its digits when computed as -(1 - p).
            let slope =
                label == 1
                ? -(margin >= 0 ? power * share : share)
                : (margin >= 0 ? share : power * share) - label
            lossSum += weight * (max(margin, 0) - margin * label)
            if uniformWeight != nil {
                // One logarithm of a product for many of its factors, each at most 2.
                product *= 1 + power
                if product > Self.productMax {
                    lossSum += weight * log(product)
                    product = 1
                }
            } else {
                lossSum += weight * log1p(power)
            }
            slopes[row] = slope
            weighted[row] = weight * slope
            sum += weight * slope
        }
        if let uniformWeight { lossSum += uniformWeight * log(product) }
        return (lossSum, sum)
    }

    private static let productMax = 1e300

    /// Second derivative of each row's loss times its weight.
    func curvatures(_ design: Design, _ loss: Loss) -> [Double] {
        guard loss == .logistic else { return design.weights }
        var curvatures = design.weights
        var target = curvatures.mutableSpan
        let labels = design.labels.span
        let slopes = slopes.span
        for row in slopes.indices {
            let (label, slope) = (labels[row], slopes[row])
            target[row] *= (slope + label) * (1 - label - slope)
        }
        return curvatures
    }
}

extension Design {
    /// Rows whose stored values are read twice while they are in the cache: 500 columns of them are
    /// 0.5 MB.
    private static let blockRows = 128

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
            for start in stride(from: 0, to: weightedRows.upperBound, by: Self.blockRows) {
                let rows = start..<min(rowCount, start + Self.blockRows)
                guard rows.overlaps(weightedRows) else { continue }
                matrix.addProduct(
                    columns: columns, coefficients: changes, rows: rows, to: &state.margins)
                state.update(rows, self, loss)
                matrix.addTransposedProduct(
                    columns: watched, vector: state.weighted, rows: rows, to: &gradient)
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
        var gradient = [Double](repeating: 0, count: columns.count)
        if case .dense(let matrix) = matrix {
            matrix.addTransposedProduct(
                columns: columns, vector: state.weighted, rows: weightedRows, to: &gradient)
        } else {
            gradient = matrix.transposedProduct(columns: columns, vector: state.weighted)
        }
        center(&gradient, columns, state)
        return gradient
    }

    private func center(_ gradient: inout [Double], _ columns: [Int], _ state: RowState) {
        for k in columns.indices { gradient[k] -= centers[columns[k]] * state.slopeSum }
    }
}
