internal import Bytes
internal import Events
internal import Features
internal import Model
internal import Training

extension PipelineSettings {
    /// Tells projects apart whose states cannot be taken for each other: 64 bits over everything
    /// that a state's meaning depends on, which is fields, features, inputs, label handling and the
    /// learner's parameters. Limits are not among them.
    public var stateIdentity: UInt64 {
        var parts = [
            plan.schema.identity, "\(plan.features.map(\.definition))", "\(plan.inputs)",
            "\(plan.space.width)", "\(limits.latenessMillis)",
        ]
        if !plan.isWhole { parts.append("\(plan.computedInputs.sorted())") }
        if let labels {
            parts += [labels.schema.identity, "\(labels.value)", "\(labels.maturityMillis)"]
            parts += ["\(labels.silence)", "\(String(describing: labels.weight))"]
        }
        if case .learner(let parameters, let factors) = scoring {
            parts.append("\(parameters)")
            parts += factors.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
        return StableHash.of(parts.joined(separator: "\u{1f}"))
    }
}

extension EventSchema {
    /// The same in every process, where a set's own description is in an order of the process's.
    fileprivate var identity: String {
        "\(fields) \(id) \(String(describing: time)) \(timeUnit) \(required.sorted())"
    }
}
