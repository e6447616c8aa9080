internal import Bytes
public import Model
internal import Sparse

/// Labelled examples in the order in which they were learned, each with the vector as scored: what
/// offline training reads.
///
/// Memory: 32 bytes an example and 8 a numeric input; where inputs are hashed, 12 a value.
public struct ExampleLog: Sendable {
    /// Values at most; what comes later is counted and left out.
    public let valuesMax: Int
    private let space: FeatureSpace
    private var ids: [UInt64] = []
    private var times: [Int64] = []
    private var labels: [Double] = []
    private var weights: [Double] = []
    /// Without hashed inputs: what is missing is NaN.
    private var numbers: DenseRows
    /// With hashed inputs, numeric ones that are missing being NaN.
    private var vectors: [SparseVector] = []
    private var valueCount = 0
    public private(set) var leftOut = 0

    /// 12 GB.
    public static let valuesMaxDefault = 1_000_000_000

    /// - Parameter space: of the vectors.
    public init(space: FeatureSpace, valuesMax: Int = ExampleLog.valuesMaxDefault) {
        self.space = space
        self.valuesMax = valuesMax
        numbers = DenseRows(columnCount: space.numericCount)
    }

    public var count: Int { times.count }

    private var isDense: Bool { space.blockBits.isEmpty }

    /// Examples of events later than a time.
    public func count(after millis: Int64) -> Int { times.count { $0 > millis } }

    /// Keeps a copy.
    public mutating func append(_ example: borrowing PendingExample, label: Double, weight: Double)
    {
        let known = example.vector
        var numbers = [Double](repeating: .nan, count: space.numericCount)
        var buckets = SparseVector()
        for (index, value) in zip(known.indices, known.values) {
            if Int(index) < numbers.count {
                numbers[Int(index)] = value
            } else {
                buckets.append(index, value)
            }
        }
        let size = numbers.count + buckets.count
        guard valueCount + size <= valuesMax else {
            leftOut += 1
            return
        }
        valueCount += size
        ids.append(example.id)
        times.append(example.timeMillis)
        labels.append(label)
        weights.append(weight)
        if isDense {
            for number in numbers { self.numbers.append(number) }
        } else {
            var vector = SparseVector()
            vector.reserveCapacity(size)
            for (index, number) in numbers.enumerated() { vector.append(UInt32(index), number) }
            vector.append(buckets.indices.span, buckets.values.span)
            vectors.append(vector)
        }
    }

    /// Gives the examples of a span of event times away, by time; lets go of what is left.
    ///
    /// Numeric inputs come first, one column each; then a column for every bucket that occurs.
    /// Without hashed inputs the matrix is dense.
    public mutating func takeTable(
        from first: Int64 = .min, through last: Int64 = .max
    ) -> ExampleTable {
        let rows = times.indices.filter { times[$0] >= first && times[$0] <= last }
            .sorted { (times[$0], $0) < (times[$1], $1) }
        let isWeighted = weights.contains { $0 != 1 }
        var buckets: [UInt32] = []
        let matrix: FeatureMatrix
        if isDense {
            matrix = .dense(takeDense(rows))
        } else {
            var occurring: Set<UInt32> = []
            for vector in vectors { occurring.formUnion(vector.indices[space.numericCount...]) }
            buckets = occurring.sorted()
            matrix = .compressed(takeCompressed(rows, buckets))
        }
        var examples = Examples(
            matrix: matrix, labels: rows.map { labels[$0] },
            weights: isWeighted ? rows.map { weights[$0] } : nil)
        examples.unscaledFrom = space.numericCount
        let table = ExampleTable(
            examples: examples, ids: rows.map { ids[$0] }, times: rows.map { times[$0] },
            indices: (0..<space.numericCount).map { UInt32($0) } + buckets)
        self = ExampleLog(space: space, valuesMax: valuesMax)
        return table
    }

    private mutating func takeDense(_ rows: [Int]) -> DenseMatrix {
        var places = [Int?](repeating: nil, count: times.count)
        for (place, row) in rows.enumerated() { places[row] = place }
        return numbers.takeMatrix(rowCount: rows.count, places: places)
    }

    private mutating func takeCompressed(
        _ rows: [Int], _ buckets: [UInt32]
    ) -> CompressedMatrix {
        let columns = Dictionary(
            uniqueKeysWithValues: buckets.enumerated().map { ($1, UInt32(space.numericCount + $0)) }
        )
        let selected = rows.map { row in
            let vector = vectors[row]
            return SparseVector(
                indices: vector.indices.map { columns[$0] ?? $0 }, values: vector.values)
        }
        vectors = []
        return CompressedMatrix(
            rows: selected, columnCount: space.numericCount + buckets.count)
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
