public import Model
public import Sparse

/// Counts, event by event, what each input does for each model.
///
/// A fold of the events like all state, so counts are exact under replay. Bounded: the newest
/// `modelsMax` models are kept apart, what older ones used is in `earlier`. About 3 ns an entry of
/// the vector; 80 bytes an input and model.
public struct UsageTable: Equatable, Sendable {
    /// Models of which the counts are kept apart.
    public static let modelsMax = 4
    static let earlierName = "earlier"

    public let inputCount: Int
    /// In the order in which they came; the last one scores now.
    public internal(set) var models: [ModelUsage] = []
    /// Models before the newest, together.
    public internal(set) var earlier: ModelUsage
    /// Who reads features from outside; the only part that is no fold of the events.
    public var reads = ReadTable()
    private var version = ""

    public init(inputCount: Int) {
        self.inputCount = inputCount
        earlier = ModelUsage(model: Self.earlierName, inputs: inputCount)
    }

    /// Everything counted, whatever the model.
    public var total: ModelUsage {
        models.reduce(into: earlier) { total, model in
            total.events += model.events
            for input in total.inputs.indices { total.inputs[input].merge(model.inputs[input]) }
        }
    }

    /// Names the model that scores from now on; a name that begins with `online-` is a state of the
    /// one that learns.
    public mutating func setModel(_ version: String) {
        guard version != self.version || models.isEmpty else { return }
        self.version = version
        let name = version.hasPrefix("online-") ? "online" : version
        guard models.last?.model != name else { return }
        if let known = models.firstIndex(where: { $0.model == name }) {
            models.append(models.remove(at: known))
            return
        }
        models.append(ModelUsage(model: name, inputs: inputCount))
        guard models.count > Self.modelsMax else { return }
        let oldest = models.removeFirst()
        earlier.events += oldest.events
        for input in earlier.inputs.indices { earlier.inputs[input].merge(oldest.inputs[input]) }
    }

    /// Counts one scored event.
    ///
    /// - Parameters:
    ///   - contributions: of `SparseModel.margin(of:contributions:)`.
    ///   - threshold: the margin from which an event is decided otherwise; nil counts no crossings.
    /// - Precondition: `setModel` was called, and the vector has at most one entry an input.
    public mutating func observe(
        _ vector: borrowing SparseVector, _ contributions: [Double],
        space: borrowing FeatureSpace, margin: Double, threshold: Double?, timeMillis: Int64
    ) {
        let current = models.count - 1
        models[current].events += 1
        // Held here alone, so that a count is one addition in place.
        var inputs: [UsageCounts] = []
        swap(&inputs, &models[current].inputs)
        count(vector, contributions, space: space, margin, threshold, timeMillis, in: &inputs)
        swap(&inputs, &models[current].inputs)
    }

    private func count(
        _ vector: borrowing SparseVector, _ contributions: [Double],
        space: borrowing FeatureSpace, _ margin: Double, _ threshold: Double?,
        _ timeMillis: Int64, in inputs: inout [UsageCounts]
    ) {
        let limit = threshold ?? .infinity
        let isFlagged = margin >= limit
        let numericCount = space.numericCount
        let indices = vector.indices.span
        let contributions = contributions.span
        var inputs = inputs.mutableSpan
        var (top, largest) = (-1, 0.0)
        for entry in indices.indices {
            let index = indices[entry]
            let input = Int(index) < numericCount ? Int(index) : self.input(of: index, space)
            let contribution = contributions[entry]
            inputs[input].present &+= 1
            guard contribution != 0 else { continue }
            let size = Swift.min(abs(contribution), Self.movedMax)
            inputs[input].note(
                size, isCrossing: (margin - contribution >= limit) != isFlagged,
                timeMillis: timeMillis)
            if size > largest { (top, largest) = (input, size) }
        }
        if top >= 0 { inputs[top].topReasons &+= 1 }
    }

    /// Larger contributions count as this, so that sums stay finite.
    private static let movedMax = 1e100

    private func input(of index: UInt32, _ space: borrowing FeatureSpace) -> Int {
        space.numericCount + (space.block(of: index) ?? 0)
    }
}
