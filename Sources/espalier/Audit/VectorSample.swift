internal import Bytes
internal import JSON
internal import Pipeline
internal import Sparse

/// Numeric inputs of some events, evenly over the whole replay, for their correlations.
///
/// When it is full every other event is dropped and from then on half as many are taken, so that
/// the sample does not depend on how long the replay is. Missing values are the feature's mean in
/// the sample.
struct VectorSample {
    private let width: Int
    private var rows: [[Double]] = []
    private var stride = 1
    private var seen = 0

    private static let rowsMax = 2_000

    init(width: Int) { self.width = width }

    mutating func take(_ vector: borrowing SparseVector) {
        guard isNextTaken() else { return }
        var row = Array(repeating: Double.nan, count: width)
        for (index, value) in zip(vector.indices, vector.values)
        where Int(index) < width && value.isFinite { row[Int(index)] = value }
        keep(row)
    }

    /// Takes the values of all numeric inputs; NaN where one is missing.
    mutating func take(_ row: [Double]) {
        assert(row.count == width, "\(row.count) values of \(width)")
        if isNextTaken() { keep(row) }
    }

    private mutating func isNextTaken() -> Bool {
        defer { seen += 1 }
        return seen % stride == 0
    }

    private mutating func keep(_ row: [Double]) {
        rows.append(row)
        guard rows.count == Self.rowsMax else { return }
        rows = Swift.stride(from: 0, to: rows.count, by: 2).map { rows[$0] }
        stride *= 2
    }

    /// The bytes of an input's `"name":value,` in a prediction, on average over the sample.
    func textBytes(of input: Int, named name: String) -> Double {
        guard input < width, !rows.isEmpty else { return 0 }
        var writer = ByteWriter()
        for row in rows where !row[input].isNaN {
            writer.append(quoted: name)
            writer.append(":")
            writer.append(number: row[input])
            writer.append(",")
        }
        return Double(writer.count) / Double(rows.count)
    }

    /// Pairs of inputs with |correlation| (Pearson's) of at least `least`, each with it.
    ///
    /// O(width² × rows): 0.5 s for 500 inputs.
    func correlated(atLeast least: Double) -> [(first: Int, second: Int, correlation: Double)] {
        let columns = (0..<width).map(standardised)
        var pairs: [(first: Int, second: Int, correlation: Double)] = []
        for first in 0..<width {
            guard let a = columns[first] else { continue }
            for second in first + 1..<max(first + 1, width) {
                guard let b = columns[second] else { continue }
                let correlation = Self.product(a, b)
                if abs(correlation) >= least { pairs.append((first, second, correlation)) }
            }
        }
        return pairs
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        let (a, b) = (a.span, b.span)
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    /// The column with mean 0 and length 1; nil when it does not vary or too little is known.
    private func standardised(_ column: Int) -> [Double]? {
        let present = rows.map { $0[column] }.filter { !$0.isNaN }
        guard present.count >= Self.presentMin else { return nil }
        let mean = present.reduce(0, +) / Double(present.count)
        let centred = rows.map { $0[column].isNaN ? 0 : $0[column] - mean }
        let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 1e-9 * abs(mean), length.isFinite, length > 0 else { return nil }
        return centred.map { $0 / length }
    }

    private static let presentMin = 30
}
