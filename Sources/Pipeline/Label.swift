internal import Bytes
public import Events
public import Model

/// What became of an event, and how much its example counts for the learner.
public struct Label: Equatable, Sendable {
    public var value: Double
    /// Importance, at least 0: such as 10 for a negative of which one in ten is labelled.
    public var weight: Double

    public init(_ value: Double, weight: Double = 1) {
        self.value = value
        self.weight = weight
    }
}

extension LabelSettings {
    /// The label that a decoded message holds.
    ///
    /// - Throws: `outOfRange` for a value that the loss has no use for, or a weight below 0.
    public func label(in row: borrowing EventRow, for loss: Loss) throws(DecodeError) -> Label {
        let label = row.numbers[value]
        guard loss.accepts(label: label) else { throw DecodeError(.outOfRange, field: value) }
        guard let weight else { return Label(label) }
        guard row.numbers[weight] >= 0 else { throw DecodeError(.outOfRange, field: weight) }
        return Label(label, weight: row.numbers[weight])
    }
}
