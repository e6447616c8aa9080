internal import Drift
internal import Model
internal import Project
internal import Sparse
internal import Training

/// Profiles of what examples have, window of event time after window, as the running service sees
/// it.
struct BaselineWindows: Sendable {
    /// Of the examples, ascending.
    private let times: [Int64]
    private let millis: Int64

    init(of set: TrainingSet, _ project: ProjectFile) {
        times = set.table.times
        millis = project.driftWindowMillis
    }

    /// When the window ends that a time lies in.
    private func end(of time: Int64) -> Int64 {
        time - ((time % millis) + millis) % millis + millis
    }

    /// Of the windows that had events; the first and the last may not be whole.
    var window: ModelBaseline.Window? {
        var counts: [Int64: Int] = [:]
        for time in times { counts[end(of: time), default: 0] += 1 }
        for edge in [counts.keys.min(), counts.keys.max()].compactMap(\.self) { counts[edge] = nil }
        guard !counts.isEmpty else { return nil }
        let events = Double(counts.values.reduce(0, +)) / Double(counts.count)
        return ModelBaseline.Window(millis: millis, events: events)
    }

    /// The profile of each feature. O(examples · features).
    func columns(of set: TrainingSet, threadsMax: Int) -> [String: ModelBaseline.Column] {
        let columns = Dictionary(grouping: set.table.indices.indices) {
            set.feature(ofColumn: $0)
        }
        let features = set.plan.layout.features
        let profiles = concurrently(features.count, threadsMax: threadsMax) { place in
            let own = columns[features[place].name] ?? []
            return switch features[place].kind {
            case .numeric: numeric(own.first, of: set)
            case .category: category(own, of: set)
            }
        }
        return Dictionary(
            zip(features.map(\.name), profiles), uniquingKeysWith: { first, _ in first })
    }

    /// A column that no example has is not there.
    private func numeric(_ column: Int?, of set: TrainingSet) -> ModelBaseline.Column {
        guard let column else { return .init(profile { _ in .nan }) }
        let values = set.table.examples.matrix.values(ofColumn: column)
        return .init(profile { values[$0] })
    }

    private func category(_ columns: [Int], of set: TrainingSet) -> ModelBaseline.Column {
        var buckets = [Int?](repeating: nil, count: times.count)
        var counts: [Int: Int] = [:]
        // Hashed features make a matrix that keeps what is not zero.
        if case .compressed(let matrix) = set.table.examples.matrix {
            for column in columns {
                let bucket = set.bucket(ofColumn: column)
                let rows = matrix.column(column).rows
                for row in rows { buckets[Int(row)] = bucket }
                counts[bucket] = rows.count
            }
        }
        var known = FeatureProfile()
        known.events = Double(buckets.count)
        known.missing = Double(buckets.count { $0 == nil })
        known.distinct = profile { buckets[$0].map { Double($0) } ?? .nan }.distinct
        return .init(known, counts: counts)
    }

    /// The profile of a value that every example has.
    func profile(_ value: (_ row: Int) -> Double) -> FeatureProfile {
        var tally = FeatureTally()
        var closing = Int64.min
        var isFirst = true
        for (row, time) in times.enumerated() {
            if time >= closing {
                tally.closeWindow(isWhole: !isFirst)
                isFirst = closing == .min
                closing = end(of: time)
            }
            tally.insert(value(row))
        }
        tally.closeWindow(isWhole: false)
        return tally.profile
    }
}
