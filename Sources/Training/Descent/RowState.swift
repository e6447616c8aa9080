internal import Glibc
internal import Model
internal import Sparse

/// What the rows say at a point: margins and what follows from them. Rows without weight have
/// zeros.
struct RowState {
    private(set) var margins: [Double]
    /// Derivative of each row's loss by its margin.
    private(set) var slopes: [Double]
    /// The same times the row's weight.
    private(set) var weighted: [Double]
    /// Second derivative of each row's loss times its weight.
    private(set) var curvatures: [Double]
    /// Weighted mean of the losses.
    private(set) var meanLoss = 0.0
    /// Sum of `weighted`: derivative by the intercept.
    private(set) var slopeSum = 0.0
    private(set) var curvatureSum = 0.0
    /// `Σ weighted · margin`, `Σ curvature · margin` and `Σ curvature² / weight`.
    private(set) var slopeMoment = 0.0
    private(set) var curvatureMoment = 0.0
    private(set) var curvatureSquare = 0.0

    init(rowCount: Int) {
        margins = Array(repeating: 0, count: rowCount)
        slopes = margins
        weighted = margins
        curvatures = margins
    }

    /// The numbers of neighbouring rows, lent to one thread.
    struct Part: ~Copyable, ~Escapable {
        var margins: MutableSpan<Double>
        var slopes: MutableSpan<Double>
        var weighted: MutableSpan<Double>
        var curvatures: MutableSpan<Double>

        @_lifetime(copy margins, copy slopes, copy weighted, copy curvatures)
        init(
            margins: consuming MutableSpan<Double>, slopes: consuming MutableSpan<Double>,
            weighted: consuming MutableSpan<Double>, curvatures: consuming MutableSpan<Double>
        ) {
            self.margins = margins
            self.slopes = slopes
            self.weighted = weighted
            self.curvatures = curvatures
        }
    }

    /// Sums over the rows of a part.
    struct Sums {
        var loss = 0.0
        var slope = 0.0
        var curvature = 0.0
        var slopeMoment = 0.0
        var curvatureMoment = 0.0
        var curvatureSquare = 0.0
        /// By columns that are watched.
        var gradient: [Double] = []
    }

    /// Takes anew what `body` makes of each span's rows: margins first, and then `update`.
    ///
    /// - Returns: the gradient.
    mutating func move(
        _ spans: RowSpans, _ body: @Sendable (_ rows: Range<Int>, _ part: inout Part) -> Sums
    ) -> [Double] {
        let parts = lend(spans, body)
        (meanLoss, slopeSum, curvatureSum) = (0, 0, 0)
        (slopeMoment, curvatureMoment, curvatureSquare) = (0, 0, 0)
        var gradient = [Double](repeating: 0, count: parts.first?.gradient.count ?? 0)
        for part in parts {
            meanLoss += part.loss
            slopeSum += part.slope
            curvatureSum += part.curvature
            slopeMoment += part.slopeMoment
            curvatureMoment += part.curvatureMoment
            curvatureSquare += part.curvatureSquare
            for k in gradient.indices { gradient[k] += part.gradient[k] }
        }
        return gradient
    }

    private mutating func lend(
        _ spans: RowSpans, _ body: @Sendable (_ rows: Range<Int>, _ part: inout Part) -> Sums
    ) -> [Sums] {
        unsafe margins.withUnsafeMutableBufferPointer { margins in
            unsafe slopes.withUnsafeMutableBufferPointer { slopes in
                unsafe weighted.withUnsafeMutableBufferPointer { weighted in
                    unsafe curvatures.withUnsafeMutableBufferPointer { curvatures in
                        // Spans do not overlap, so each row is one thread's.
                        nonisolated(unsafe) let all = unsafe (margins, slopes, weighted, curvatures)
                        return spans.map { rows in
                            var part = unsafe Part(
                                margins: all.0.extracting(rows).mutableSpan,
                                slopes: all.1.extracting(rows).mutableSpan,
                                weighted: all.2.extracting(rows).mutableSpan,
                                curvatures: all.3.extracting(rows).mutableSpan)
                            return body(rows, &part)
                        }
                    }
                }
            }
        }
    }
}

extension RowState.Part {
    /// Fills slopes and curvatures of some rows from their margins, and adds to the sums.
    ///
    /// - Parameters:
    ///   - rows: of the design.
    ///   - first: the part's first row.
    mutating func update(
        _ rows: Range<Int>, from first: Int, _ design: borrowing Design, _ loss: Loss,
        to sums: inout RowState.Sums
    ) {
        let labels = design.labels.span
        let weights = design.weights.span
        var (lossSum, slopeSum, curvatureSum, product) = (0.0, 0.0, 0.0, 1.0)
        var (slopeMoment, curvatureMoment, curvatureSquare) = (0.0, 0.0, 0.0)
        let isUniform = design.uniformWeight != nil
        for row in rows {
            let (label, weight) = (labels[row], weights[row])
            guard weight > 0 else { continue }
            let place = row - first
            let margin = margins[place]
            var (slope, second) = (margin - label, 1.0)
            if loss == .logistic {
                let power = exp(-abs(margin))
                let share = 1 / (1 + power)
                // Where the label is 1, p - 1 keeps its digits when computed as -(1 - p).
                slope =
                    label == 1
                    ? -(margin >= 0 ? power * share : share)
                    : (margin >= 0 ? share : power * share) - label
                second = (slope + label) * (1 - label - slope)
                lossSum += weight * (max(margin, 0) - margin * label)
                if isUniform {
                    // One logarithm of a product for many of its factors, each at most 2.
                    product *= 1 + power
                    if product > RowState.productMax {
                        lossSum += weight * log(product)
                        product = 1
                    }
                } else {
                    lossSum += weight * log1p(power)
                }
            } else {
                lossSum += weight * 0.5 * slope * slope
            }
            let curvature = weight * second
            slopes[place] = slope
            weighted[place] = weight * slope
            curvatures[place] = curvature
            slopeSum += weight * slope
            curvatureSum += curvature
            slopeMoment += weight * slope * margin
            curvatureMoment += curvature * margin
            curvatureSquare += curvature * second
        }
        if let weight = design.uniformWeight { lossSum += weight * log(product) }
        sums.loss += lossSum
        sums.slope += slopeSum
        sums.curvature += curvatureSum
        sums.slopeMoment += slopeMoment
        sums.curvatureMoment += curvatureMoment
        sums.curvatureSquare += curvatureSquare
    }
}

extension RowState {
    fileprivate static let productMax = 1e300
}

extension Design {
    /// Rows whose stored values are read twice while they are in the cache: 500 columns of them are
    /// 0.5 MB.
    private static let blockRows = 128

    /// Moves margins along columns, and gives the gradient by `watched` at the new point: two
    /// passes over the matrix in one.
    ///
    /// - Parameter from: nil for margins of 0.
    func move(
        _ from: RowState?, along columns: [Int], by changes: [Double], intercept: Double,
        _ loss: Loss, into state: inout RowState, watched: [Int]
    ) -> [Double] {
        var gradient: [Double]
        switch matrix {
        case .dense(let matrix):
            gradient = state.move(spans) { rows, part in
                var sums = RowState.Sums(gradient: Array(repeating: 0, count: watched.count))
                for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows)
                {
                    let block = start..<min(rows.upperBound, start + Self.blockRows)
                    let places = start - rows.lowerBound..<block.upperBound - rows.lowerBound
                    for place in places {
                        let margin = from.map { $0.margins[rows.lowerBound + place] } ?? 0
                        part.margins[place] = margin + intercept
                    }
                    matrix.addProduct(
                        columns: columns, coefficients: changes, rows: block, to: &part.margins,
                        from: rows.lowerBound)
                    part.update(block, from: rows.lowerBound, self, loss, to: &sums)
                    matrix.addTransposedProduct(
                        columns: watched, vector: part.weighted.span.extracting(places),
                        rows: block, to: &sums.gradient)
                }
                return sums
            }
        case .compressed(let matrix):
            var margins = from?.margins ?? Array(repeating: 0, count: rowCount)
            for row in margins.indices { margins[row] += intercept }
            for (column, change) in zip(columns, changes) {
                matrix.add(column: column, times: change, to: &margins)
            }
            _ = state.move(spans) { [margins] rows, part in
                var sums = RowState.Sums()
                for place in 0..<rows.count {
                    part.margins[place] = margins[rows.lowerBound + place]
                }
                part.update(rows, from: rows.lowerBound, self, loss, to: &sums)
                return sums
            }
            gradient = watched.map { matrix.dot(column: $0, state.weighted) }
        }
        center(&gradient, watched, state)
        return gradient
    }

    /// The gradient of the mean loss by standardised columns.
    func gradient(_ columns: [Int], _ state: RowState) -> [Double] {
        var gradient = transposedProduct(columns, state.weighted)
        center(&gradient, columns, state)
        return gradient
    }

    /// `Σ_row self[row, columns[k]] · vector[row]` over the rows that have a weight.
    func transposedProduct(_ columns: [Int], _ vector: [Double]) -> [Double] {
        guard case .dense(let matrix) = matrix else {
            return matrix.transposedProduct(columns: columns, vector: vector)
        }
        return spans.sums(columns.count) { rows, sums in
            matrix.addTransposedProduct(
                columns: columns, vector: vector.span.extracting(rows), rows: rows, to: &sums)
        }
    }

    private func center(_ gradient: inout [Double], _ columns: [Int], _ state: RowState) {
        for k in columns.indices { gradient[k] -= centers[columns[k]] * state.slopeSum }
    }
}
