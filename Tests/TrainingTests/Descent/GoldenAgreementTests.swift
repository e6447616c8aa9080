import JSON
import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Optima of the published data, found independently (proximal Newton in 80-bit numbers).
private struct GoldenOptima {
    struct Entry {
        var alpha: Double
        var lambda: Double
        var intercept: Double
        var weights: [Double]
        var objective: Double
    }

    var entries: [Entry]
    var means: [Double]
    var scales: [Double]
    var lambdaMax: Double

    init(_ name: String) throws {
        let bytes = try SharedData.bytes("handbook/\(name)")
        let root = try JSONValue(parsing: unsafe bytes.span.bytes)
        entries = try #require(root["entries"]?.array).map { entry in
            Entry(
                alpha: entry["alpha"]?.double ?? .nan, lambda: entry["lam"]?.double ?? .nan,
                intercept: entry["intercept"]?.double ?? .nan,
                weights: entry["coef"]?.array?.compactMap(\.double) ?? [],
                objective: entry["train_objective"]?.double ?? .nan)
        }
        means = root["means"]?.array?.compactMap(\.double) ?? []
        scales = root["stds"]?.array?.compactMap(\.double) ?? []
        lambdaMax = root["lambda_max_alpha1"]?.double ?? .nan
    }
}

@Suite(.enabled(if: SharedData.has("handbook"), "needs ../shared/data/handbook"))
struct GoldenAgreementOptimisedTests {
    @Test func pathOfTheSlice() throws {
        let path = "handbook/slices/corner_dev"
        let features = NumberTable(csv: try SharedData.bytes("\(path)/features.csv.gz"))
        let transactions = NumberTable(csv: try SharedData.bytes("\(path)/transactions.csv.gz"))
        let labels = NumberTable(csv: try SharedData.bytes("\(path)/labels.csv.gz"))
        let times = 1_525_737_600_000.0..<1_532_476_800_000.0
        let rows = (0..<features.count).filter {
            features[$0, 1] == 1 && times.contains(transactions[$0, 1])
        }
        #expect(rows.count == 15_082)
        let columns = (0..<15).flatMap { column in
            rows.map { column == 0 ? transactions[$0, 4] : features[$0, column + 1] }
        }
        try expectAgreement(
            DenseMatrix(rowCount: rows.count, columnCount: 15, values: columns),
            rows.map { labels[$0, 1] }, GoldenOptima("slices/corner_dev/golden_path.json"))
    }

    private func expectAgreement(
        _ matrix: DenseMatrix, _ labels: [Double], _ golden: GoldenOptima
    ) throws {
        let design = try Design(.dense(matrix), labels: labels)
        for column in 0..<15 {
            let scaling = design.scaling[column]
            #expect(abs(scaling.mean - golden.means[column]) < 1e-12 * abs(scaling.mean) + 1e-15)
            #expect(abs(scaling.scale - golden.scales[column]) < 1e-12 * scaling.scale)
        }
        #expect(golden.entries.count > 4)
        for alpha in Set(golden.entries.map(\.alpha)).sorted() {
            var entries = golden.entries.filter { $0.alpha == alpha }.sorted {
                $0.lambda > $1.lambda
            }
            // Without optimisation a few of them must do.
            if !isOptimized {
                entries = entries.enumerated().filter { $0.offset % 5 == 2 }.map(\.element)
            }
            let settings = PathSettings(
                loss: .logistic, alpha: alpha, lambdas: .list(entries.map(\.lambda)))
            var solver = try PathSolver(design, settings: settings)
            // A sum over all rows, in whatever order the processor likes best.
            let lambdaError = abs(solver.lambdaMax - golden.lambdaMax)
            if alpha == 1 { #expect(lambdaError < 1e-12 * golden.lambdaMax) }
            for entry in entries {
                let point = try #require(try solver.advance())
                try expect(point, entry)
            }
        }
    }

    private func expect(_ point: PathPoint, _ entry: GoldenOptima.Entry) throws {
        let place: Comment = "α \(entry.alpha), λ \(entry.lambda)"
        #expect(point.lambda == entry.lambda && point.isConverged, place)
        #expect(point.gap <= 1e-9, place)
        #expect(abs(point.objective - entry.objective) < 1e-12, place)
        #expect(abs(point.standardizedIntercept - entry.intercept) < 1e-8, place)
        var weights = [Double](repeating: 0, count: 15)
        for entry in point.entries { weights[entry.column] = entry.standardized }
        let largest = zip(weights, entry.weights).map { abs($0 - $1) }.max() ?? .nan
        #expect(largest < 1e-8, "\(place) differs by \(largest)")
        // At the very λ where the first weight leaves 0, the last bit of λ decides whether it has.
        let isWhereWeightsBegin = entry.weights.allSatisfy { $0 == 0 }
        if isWhereWeightsBegin {
            #expect(weights.count { $0 != 0 } <= 1, place)
        } else {
            #expect(weights.map { $0 != 0 } == entry.weights.map { $0 != 0 }, place)
        }
    }

    @Test(
        .enabled(if: isOptimized, "reads 1,303,778 rows: only in an optimized build"),
        arguments: [
            ("golden/ch3_path.json", 1_102_483...1_169_722),
            ("golden/ch5_validation_fold0.json", 968_731...1_035_658),
        ])
    func pathOfThePublishedWeeks(_ name: String, _ ids: ClosedRange<Int>) throws {
        let transactions = NumberTable(csv: try SharedData.bytes("handbook/transactions.csv.gz"))
        let labels = NumberTable(csv: try SharedData.bytes("handbook/labels.csv.gz"))
        let features = NumberTable(csv: try SharedData.bytes("handbook/features_int.csv.gz"))
        let rows = (0..<transactions.count).filter { ids.contains(Int(transactions[$0, 0])) }
        #expect(rows.count == ids.count)
        var matrix = DenseMatrix(rowCount: rows.count, columnCount: 15)
        for (place, row) in rows.enumerated() {
            matrix[place, 0] = transactions[row, 4]
            matrix[place, 1] = features[row, 1]
            matrix[place, 2] = features[row, 2]
            for window in 0..<3 {
                let (count, cents) = (features[row, 3 + 2 * window], features[row, 4 + 2 * window])
                matrix[place, 3 + 2 * window] = count
                matrix[place, 4 + 2 * window] = cents / 100 / count
                let seen = features[row, 9 + 2 * window]
                matrix[place, 9 + 2 * window] = seen
                matrix[place, 10 + 2 * window] =
                    seen > 0 ? features[row, 10 + 2 * window] / seen : 0
            }
        }
        try expectAgreement(matrix, rows.map { labels[$0, 1] }, GoldenOptima(name))
    }

    /// The published logistic regression (C = 1), fitted here: its measures on the test week.
    @Test(.enabled(if: isOptimized, "reads 1,303,778 rows: only in an optimized build"))
    func measuresOfThePublishedProtocol() throws {
        let handbook = try Handbook()
        let ids = 1_102_483...1_169_722
        let training = (0..<handbook.transactions.count).filter {
            ids.contains(Int(handbook.transactions[$0, 0]))
        }
        var matrix = DenseMatrix(rowCount: training.count, columnCount: 15)
        var vector = SparseVector()
        for (place, row) in training.enumerated() {
            handbook.fill(&vector, row)
            for k in 0..<15 { matrix[place, Int(vector.indices[k])] = vector.values[k] }
        }
        let design = try Design(.dense(matrix), labels: training.map { handbook.fraud($0) })
        let settings = PathSettings(
            loss: .logistic, alpha: 0, lambdas: .list([1 / Double(training.count)]))
        var solver = try PathSolver(design, settings: settings)
        let weights = try #require(try solver.advance()).weights(columnCount: 15)
        var week = TestWeek()
        for row in handbook.testRows() {
            handbook.fill(&vector, row)
            let score = (0..<15).reduce(0) {
                $0 + weights[Int(vector.indices[$1])] * vector.values[$1]
            }
            week.append(handbook, row, score: score)
        }
        #expect(abs(try #require(week.scored.rocArea) - 0.870531) < 5e-7)
        #expect(abs(try #require(week.scored.averagePrecision) - 0.605708) < 5e-7)
        #expect(abs(try #require(week.top.precision(atTop: 100)) - 0.291429) < 5e-7)
    }
}
