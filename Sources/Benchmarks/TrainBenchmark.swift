import Bytes
import Model
import Sparse
import Training

/// A path of 100 λ, logistic loss, to a duality gap of 1e-6.
enum TrainBenchmark {
    private static let columns = 500
    private static let lambdas = 100

    static func measure(_ scale: Scale) throws -> [Measurement] {
        let rows = scale.repetitions > 10 ? 20_000 : 1_000
        let (matrix, labels) = problem(rows)
        let start = ThreadTime.now()
        var settings = PathSettings(
            loss: .logistic, lambdas: .automatic(count: lambdas, ratio: 1e-3))
        (settings.gapMax, settings.changeMax) = (1e-6, .infinity)
        let design = try Design(.dense(matrix), labels: labels)
        var solver = try PathSolver(design, settings: settings)
        var steps = 0
        var last: PathPoint?
        while let point = try solver.advance() {
            steps += point.steps
            last = point
        }
        let seconds = (ThreadTime.now() - start) / 1e9
        let note = "\(steps) steps, \(last?.nonZeroCount ?? 0) weights at the last λ"
        return [
            Measurement(
                "\(rows) × \(columns), \(lambdas) λ", seconds, "s",
                rows == 20_000 ? .atMost(2) : nil, note: note)
        ]
    }

    /// Neighbouring columns correlate by one half, one in ten tells of the label.
    private static func problem(_ rows: Int) -> (DenseMatrix, [Double]) {
        var random = SeededRandom(seed: 4)
        var matrix = DenseMatrix(rowCount: rows, columnCount: columns)
        var margins = [Double](repeating: -1, count: rows)
        for column in 0..<columns {
            let weight = column.isMultiple(of: 10) ? random.normal() / 2 : 0
            for row in 0..<rows {
                let before = column > 0 ? matrix[row, column - 1] : random.normal()
                let value = 0.5 * before + 0.75.squareRoot() * random.normal()
                matrix[row, column] = value
                margins[row] += weight * value
            }
        }
        let labels = margins.map {
            random.happens(Loss.logistic.prediction(atMargin: $0)) ? 1.0 : 0
        }
        return (matrix, labels)
    }
}
