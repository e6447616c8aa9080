internal import Drift
internal import Model
internal import Project
internal import Sparse
internal import Training

extension TrainRun {
    /// What the examples are like, and how the fit scores them: windows of the running service can
    /// be compared with it. O(examples · features).
    ///
    /// - Returns: nil without examples.
    func baseline(scoredBy final: PathPoint) -> ModelBaseline? {
        guard let times = ModelContent.Data.span(of: set.table.times) else { return nil }
        let columns = Dictionary(grouping: set.table.indices.indices) {
            set.feature(ofColumn: $0)
        }
        var features: [String: ModelBaseline.Column] = [:]
        for feature in set.plan.layout.features {
            features[feature.name] =
                switch feature.kind {
                case .numeric: numeric(columns[feature.name]?.first)
                case .category: category(columns[feature.name] ?? [])
                }
        }
        let margins = final.margins(of: set.table.examples.matrix, design.scaling)
        let scores = margins.map { project.model.loss.prediction(atMargin: $0) }
        var baseline = ModelBaseline(
            times: times, features: features, scores: .init(profile { scores[$0] }))
        // Where silence is an answer, every event is an example.
        if project.labels?.silence == .negative { baseline.window = window }
        return baseline
    }

    /// When the window of a length ends that a time lies in.
    private func end(of time: Int64, _ length: Int64) -> Int64 {
        time - ((time % length) + length) % length + length
    }

    /// Of the windows that had events; the first and the last may not be whole.
    private var window: ModelBaseline.Window? {
        let length = project.driftWindowMillis
        var counts: [Int64: Int] = [:]
        for time in set.table.times { counts[end(of: time, length), default: 0] += 1 }
        for edge in [counts.keys.min(), counts.keys.max()].compactMap(\.self) { counts[edge] = nil }
        guard !counts.isEmpty else { return nil }
        let events = Double(counts.values.reduce(0, +)) / Double(counts.count)
        return ModelBaseline.Window(millis: length, events: events)
    }

    /// A column that no example has is not there.
    private func numeric(_ column: Int?) -> ModelBaseline.Column {
        guard let column else { return .init(profile { _ in .nan }) }
        let values = set.table.examples.matrix.values(ofColumn: column)
        return .init(profile { values[$0] })
    }

    private func category(_ columns: [Int]) -> ModelBaseline.Column {
        var buckets = [Int?](repeating: nil, count: set.table.times.count)
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

    /// The profile of a value that every example has, window after window as the service sees it.
    private func profile(_ value: (_ row: Int) -> Double) -> FeatureProfile {
        let length = project.driftWindowMillis
        var tally = FeatureTally()
        var closing = Int64.min
        var isFirst = true
        for (row, time) in set.table.times.enumerated() {
            if time >= closing {
                tally.closeWindow(isWhole: !isFirst)
                isFirst = closing == .min
                closing = end(of: time, length)
            }
            tally.insert(value(row))
        }
        tally.closeWindow(isWhole: false)
        return tally.profile
    }
}
