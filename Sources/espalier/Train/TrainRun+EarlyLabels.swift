internal import Features
internal import Model
internal import Project

extension TrainRun {
    /// An input that sees labels younger than their maturity: those alone that came early.
    struct EarlyLabels {
        let feature: String
        /// The aggregate that it is made from; nil of one that reads the labels itself.
        let source: String?

        /// What people are told of it.
        var warning: String {
            let what = "labels sooner after their events than the maturity of labels"
            guard let source else {
                return "\(feature) counts \(what): it sees those alone that came early"
            }
            return "\(feature) is made from \(source), which counts \(what)"
        }
    }

    /// How long labels take at most.
    var maturityMillis: Int64 { project.labels?.maturityMillis ?? 0 }

    /// Aggregates over labels younger than their maturity, and what is made from these, as far as
    /// models may look at them.
    var earlyLabels: [EarlyLabels] {
        let sources = project.features.compactMap { feature -> String? in
            guard case .aggregate(let aggregate) = feature.kind,
                aggregate.operand == .label, aggregate.delayMillis < maturityMillis
            else { return nil }
            return feature.name
        }
        var found = sources.map { EarlyLabels(feature: $0, source: nil) }
        for source in sources {
            for name in set.plan.dependents(of: source)
            where !found.contains(where: { $0.feature == name }) {
                found.append(EarlyLabels(feature: name, source: source))
            }
        }
        return found.filter { set.plan.layout[$0.feature] != nil }
    }
}
