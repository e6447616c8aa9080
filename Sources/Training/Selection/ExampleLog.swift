internal import Bytes
public import Model
internal import Sparse

/// Labelled examples in the order in which they were learned, each with the vector as scored: what
/// offline training reads.
///
/// Memory: 12 bytes a value and 40 an example.
public struct ExampleLog: Sendable {
    /// Values at most; what comes later is counted and left out.
    public let valuesMax: Int
    private var ids: [UInt64] = []
    private var times: [Int64] = []
    private var labels: [Double] = []
    private var weights: [Double] = []
    private var ends: [Int] = []
    private var indices: [UInt32] = []
    private var values: [Double] = []
    public private(set) var leftOut = 0

    /// 12 GB.
    public static let valuesMaxDefault = 1_000_000_000

    public init(valuesMax: Int = ExampleLog.valuesMaxDefault) { self.valuesMax = valuesMax }

    public var count: Int { times.count }

    /// Keeps a copy.
    public mutating func append(_ example: borrowing PendingExample, label: Double, weight: Double)
    {
        guard values.count + example.vector.count <= valuesMax else {
            leftOut += 1
            return
        }
        ids.append(example.id)
        times.append(example.timeMillis)
        labels.append(label)
        weights.append(weight)
        indices += example.vector.indices
        values += example.vector.values
        ends.append(values.count)
    }

    /// The examples of events up to a time, by time.
    ///
    /// Numeric inputs come first, one column each; then a column for every bucket that occurs.
    /// Without hashed inputs the matrix is dense.
    public func table(space: FeatureSpace, until endMillis: Int64) -> ExampleTable {
        let rows = times.indices.filter { times[$0] <= endMillis }
            .sorted { (times[$0], $0) < (times[$1], $1) }
        let isWeighted = weights.contains { $0 != 1 }
        var buckets: [UInt32] = []
        let matrix: FeatureMatrix
        if space.blockBits.isEmpty {
            matrix = .dense(dense(rows, space.numericCount))
        } else {
            buckets = Set(indices.filter { $0 >= space.numericCount }).sorted()
            matrix = .compressed(compressed(rows, space.numericCount, buckets))
        }
        var examples = Examples(
            matrix: matrix, labels: rows.map { labels[$0] },
            weights: isWeighted ? rows.map { weights[$0] } : nil)
        examples.unscaledFrom = space.numericCount
        return ExampleTable(
            examples: examples, ids: rows.map { ids[$0] }, times: rows.map { times[$0] },
            indices: (0..<space.numericCount).map { UInt32($0) } + buckets)
    }

    private func range(_ row: Int) -> Range<Int> { (row > 0 ? ends[row - 1] : 0)..<ends[row] }

    private func dense(_ rows: [Int], _ columnCount: Int) -> DenseMatrix {
        var numbers = [Double](repeating: .nan, count: rows.count * columnCount)
        for (place, row) in rows.enumerated() {
            for k in range(row) { numbers[Int(indices[k]) * rows.count + place] = values[k] }
        }
        return DenseMatrix(rowCount: rows.count, columnCount: columnCount, values: numbers)
    }

    private func compressed(
        _ rows: [Int], _ numericCount: Int, _ buckets: [UInt32]
    ) -> CompressedMatrix {
        let columns = Dictionary(
            uniqueKeysWithValues: buckets.enumerated().map { ($1, UInt32(numericCount + $0)) })
        let vectors = rows.map { row in
            var vector = SparseVector()
            var isKnown = [Bool](repeating: false, count: numericCount)
            for k in range(row) {
                if Int(indices[k]) < numericCount {
                    isKnown[Int(indices[k])] = true
                    vector.append(indices[k], values[k])
                } else if let column = columns[indices[k]] {
                    vector.append(column, values[k])
                }
            }
            // What is not stored would be 0, and is missing.
            for column in 0..<numericCount where !isKnown[column] {
                vector.append(UInt32(column), .nan)
            }
            return vector
        }
        return CompressedMatrix(rows: vectors, columnCount: numericCount + buckets.count)
    }
}

/// Labelled examples by time.
public struct ExampleTable: Sendable {
    public var examples: Examples
    /// Keys of the events' ids.
    public let ids: [UInt64]
    /// Event times, ascending.
    public let times: [Int64]
    /// What each column is in the vectors' feature space.
    public let indices: [UInt32]
}

extension ExampleTable {
    /// The rows, in this order.
    public func selecting(_ rows: [Int]) -> ExampleTable {
        ExampleTable(
            examples: examples.selecting(rows), ids: rows.map { ids[$0] },
            times: rows.map { times[$0] }, indices: indices)
    }

    /// SHA-256 of times, labels and stored values: which examples a model was trained on.
    public var digest: String {
        var writer = ByteWriter()
        for index in indices { writer.append(fixed: index) }
        for time in times { writer.append(fixed: time) }
        for label in examples.labels { writer.append(fixed: label) }
        for weight in examples.weights ?? [] { writer.append(fixed: weight) }
        writer.append(examples.matrix.digestText)
        return ContentDigest(of: writer.bytes).hex
    }
}

extension FeatureMatrix {
    /// Digests of all columns.
    fileprivate var digestText: String {
        (0..<columnCount).map { String(digest(column: $0), radix: 16) }.joined(separator: ",")
    }
}
