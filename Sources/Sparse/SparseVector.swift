/// A vector that stores only the entries it was given: `indices[k]` holds `values[k]`.
///
/// Indices need not be sorted but must be distinct. Emptied and refilled for every event; it
/// allocates only when it grows beyond any size it had before.
public struct SparseVector: Equatable, Sendable {
    public private(set) var indices: [UInt32] = []
    public private(set) var values: [Double] = []

    public init() {}

    public init(indices: [UInt32], values: [Double]) {
        precondition(
            indices.count == values.count, "\(indices.count) indices, \(values.count) values")
        self.indices = indices
        self.values = values
    }

    public var count: Int { indices.count }

    public mutating func append(_ index: UInt32, _ value: Double) {
        indices.append(index)
        values.append(value)
    }

    /// Appends many entries at once: `write` fills both spans, which have room for `limit`, with as
    /// many elements. About 2 ns an entry, a quarter of `append` one by one.
    public mutating func append(
        atMost limit: Int,
        _ write: (_ indices: inout OutputSpan<UInt32>, _ values: inout OutputSpan<Double>) -> Void
    ) {
        Self.append(limit, to: &indices, and: &values, write)
        precondition(
            indices.count == values.count, "\(indices.count) indices, \(values.count) values")
    }

    /// Appends entries that stand elsewhere.
    public mutating func append(_ indices: Span<UInt32>, _ values: Span<Double>) {
        precondition(
            indices.count == values.count, "\(indices.count) indices, \(values.count) values")
        append(atMost: indices.count) { ownIndices, ownValues in
            for k in indices.indices {
                ownIndices.append(indices[k])
                ownValues.append(values[k])
            }
        }
    }

    private static func append(
        _ limit: Int, to indices: inout [UInt32], and values: inout [Double],
        _ write: (_ indices: inout OutputSpan<UInt32>, _ values: inout OutputSpan<Double>) -> Void
    ) {
        indices.append(addingCapacity: limit) { indices in
            values.append(addingCapacity: limit) { values in write(&indices, &values) }
        }
    }

    public mutating func removeAll() {
        indices.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    public mutating func reserveCapacity(_ capacity: Int) {
        indices.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }
}
