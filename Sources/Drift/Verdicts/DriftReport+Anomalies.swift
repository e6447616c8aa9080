extension DriftReport {
    /// Drifting features that are tried for having been swapped; the worst ones.
    private static let swapsTriedMax = 32

    /// Names the changes that have a name, each where it came from: what is made of a named
    /// feature's field follows it. Nothing is named while windows fill.
    mutating func nameAnomalies(_ lineage: FeatureLineage) {
        for place in features.indices
        where features[place].mayHaveName && !features[place].isFilling {
            features[place].anomalies = Anomaly.found(
                in: features[place].window, against: features[place].baseline,
                lineage.origin(of: features[place].name))
        }
        nameSwaps(lineage)
        nameSources(lineage)
    }

    private mutating func nameSwaps(_ lineage: FeatureLineage) {
        let unnamed = features.indices.filter {
            features[$0].verdict.isDrift && features[$0].anomalies.isEmpty
                && !features[$0].window.distribution.isEmpty
                && !lineage.origin(of: features[$0].name).isDerived
                && !features[$0].isFilling
        }.sorted { features[$0].verdict.severity > features[$1].verdict.severity }
        let tried = unnamed.prefix(Self.swapsTriedMax)
        for (rank, i) in tried.enumerated() {
            for j in tried.dropFirst(rank + 1) where areSwapped(i, j) {
                features[i].anomalies = [.swapped(with: features[j].name)]
                features[j].anomalies = [.swapped(with: features[i].name)]
            }
        }
    }

    private func areSwapped(_ i: Int, _ j: Int) -> Bool {
        func explains(_ a: Int, _ b: Int) -> Bool {
            let change = features[a].comparison[.kolmogorovSmirnov]?.measured.value ?? 0
            return Likeness.explains(
                features[b].window.distribution, features[a].baseline.distribution, change: change)
        }
        return explains(i, j) && explains(j, i)
    }

    private mutating func nameSources(_ lineage: FeatureLineage) {
        let sources = features.filter {
            !$0.anomalies.isEmpty && !lineage.origin(of: $0.name).isDerived
        }.map { (name: $0.name, fields: lineage.origin(of: $0.name).fields) }
        guard !sources.isEmpty else { return }
        for place in features.indices where features[place].mayHaveName {
            let origin = lineage.origin(of: features[place].name)
            guard origin.isDerived,
                let source = sources.first(where: { !$0.fields.isDisjoint(with: origin.fields) })
            else { continue }
            features[place].anomalies = []
            features[place].follows = source.name
        }
    }
}

extension DriftReport.Feature {
    fileprivate var mayHaveName: Bool { verdict.isDrift || verdict == .slight }
}
