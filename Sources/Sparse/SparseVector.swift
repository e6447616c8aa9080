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

    public mutating func removeAll() {
        indices.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    public mutating func reserveCapacity(_ capacity: Int) {
        indices.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }
}
