internal import Events
internal import Features
internal import Training

extension TrainRun {
    /// Judged examples that have something in common.
    struct Segment {
        /// A numeric input or a field of events.
        let feature: String
        let part: Part
        var scored = ScoredLabels()

        enum Part: Equatable {
            /// Both ends belong to it, where the next begins the upper one does not.
            case span(from: Double, to: Double)
            case value(String)
            /// So many rarer values.
            case others(Int)
            case missing
        }
    }

    /// Of a field, the values with the most examples; what is rarer is one segment.
    private static let valuesMax = 10

    /// Rows by quarters of a numeric input, or by its values if they are few; by the values of a
    /// field of events. Those without it are a part of their own.
    func segments(of name: String, _ judged: Judged) -> [Segment] {
        if set.plan.numericIndex(of: name) != nil {
            return given.segmentValues[name].map { quarters(of: $0, name, judged) } ?? []
        }
        guard let field = set.fields.first(where: { $0.field == name }) else { return [] }
        return segments(by: field, judged)
    }

    private func quarters(of values: [Double], _ name: String, _ judged: Judged) -> [Segment] {
        let known = judged.rows.map { values[$0] }.filter(\.isFinite).sorted()
        guard let least = known.first, let greatest = known.last else { return [] }
        var edges = (1..<4).map { known[known.count * $0 / 4] }
        edges = Set(edges).subtracting([least]).sorted()
        let ends = zip([least] + edges, edges + [greatest])
        let segments =
            ends.map { Segment(feature: name, part: .span(from: $0, to: $1)) }
            + [Segment(feature: name, part: .missing)]
        return fill(segments, judged) { row in
            values[row].isFinite ? edges.count { $0 <= values[row] } : edges.count + 1
        }
    }

    private func segments(by field: ExampleValues, _ judged: Judged) -> [Segment] {
        var counts: [UInt64: Int] = [:]
        for key in judged.rows.lazy.compactMap({ field.keys[$0] }) { counts[key, default: 0] += 1 }
        let ranked = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .compactMap { key, _ in field.texts[key].map { (key, text: $0) } }
            .prefix(Self.valuesMax)
        let places = Dictionary(uniqueKeysWithValues: zip(ranked.map(\.0), ranked.indices))
        let name = field.field
        let segments =
            ranked.map { Segment(feature: name, part: .value($0.text)) } + [
                Segment(feature: name, part: .others(counts.count - ranked.count)),
                Segment(feature: name, part: .missing),
            ]
        return fill(segments, judged) { row in
            guard let key = field.keys[row] else { return ranked.count + 1 }
            return places[key] ?? ranked.count
        }
    }

    /// - Parameter place: of a row's segment.
    private func fill(
        _ segments: [Segment], _ judged: Judged, by place: (Int) -> Int
    ) -> [Segment] {
        var segments = segments
        for (judgedPlace, row) in judged.rows.enumerated() {
            segments[place(row)].scored.append(
                score: judged.scored.scores[judgedPlace],
                label: judged.scored.labels[judgedPlace],
                weight: judged.scored.weights[judgedPlace])
        }
        return segments.filter { $0.scored.count > 0 }
    }
}

extension TrainCommand {
    /// Values of a field whose texts are kept: the rest are among the others of a segment.
    private static let textsMax = 100_000

    /// Fields of events that folds and segments need, that of folds first.
    func eventFields(of plan: FeaturePlan) throws(Failure) -> [EventValues] {
        var fields: [EventValues] = []
        if let entity {
            fields.append(try EventValues(field: entity, of: plan.schema, option: "--entity"))
        }
        for name in segment where plan.numericIndex(of: name) == nil {
            fields.append(
                try EventValues(
                    field: name, of: plan.schema, option: "--segment",
                    expected: "a numeric input or a field of events", textsMax: Self.textsMax))
        }
        return fields
    }
}
