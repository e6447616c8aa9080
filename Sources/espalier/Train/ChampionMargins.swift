internal import Model
internal import Sparse
internal import Training

/// What the champion says of examples later than those that it was trained on: it knows the labels
/// of the others, so they are no measure of it.
struct ChampionMargins {
    /// The last time of its own examples; nil if it does not say.
    let lastMillis: Int64?
    /// Of all later examples, which are the last of the set.
    private let margins: [Double]
    private let first: Int

    /// Rows that are held as vectors at once.
    private static let rowsMax = 1 << 16

    init(_ champion: ModelArtifact, _ set: TrainingSet) throws(ArtifactError) {
        let model = try SparseModel(champion, for: set.plan.layout)
        let last = champion.content.data.times?.upperBound
        lastMillis = last
        let times = set.table.times
        let first = last.flatMap { last in times.firstIndex { $0 > last } } ?? times.count
        self.first = first
        var margins: [Double] = []
        margins.reserveCapacity(times.count - first)
        for start in stride(from: first, to: times.count, by: Self.rowsMax) {
            let rows = Array(start..<min(times.count, start + Self.rowsMax))
            let vectors = set.table.examples.matrix.selecting(rows: rows)
                .vectors(indices: set.table.indices)
            margins += vectors.map { model.margin(of: $0) }
        }
        self.margins = margins
    }

    /// The margin of an example; nil of one that may be its own.
    subscript(row: Int) -> Double? { row >= first ? margins[row - first] : nil }
}
