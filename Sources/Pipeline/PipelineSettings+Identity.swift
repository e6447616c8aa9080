internal import Bytes
internal import Events
internal import Features
internal import Model
internal import Training

extension PipelineSettings {
    /// Tells projects apart whose states cannot be taken for each other: 64 bits over everything
    /// that a state's meaning depends on, which is fields, features, inputs, lateness, label
    /// handling and the learner's parameters. Limits of what is kept are not among them.
    public var stateIdentity: UInt64 { StableHash.of(identityText) }

    /// What is hashed: a line for each part.
    var identityText: String {
        var lines = [plan.schema.identity]
        lines += plan.features.map { "feature \($0.definition.identity)" }
        lines += plan.inputs.map { "input \($0)" }
        lines += ["width \(plan.space.width)", "lateness \(limits.latenessMillis)"]
        if !plan.isWhole { lines += plan.computedInputs.sorted().map { "computed \($0)" } }
        if let labels { lines.append(labels.identity) }
        if case .learner(let parameters, let factors) = scoring {
            lines.append(parameters.identity)
            lines += factors.sorted { $0.key < $1.key }.map { "penalty \($0.key) \($0.value)" }
        }
        return lines.joined(separator: "\n")
    }
}

extension EventSchema {
    /// The same in every process, where a set's own order is one of the process's.
    fileprivate var identity: String {
        let fields = fields.map { field in
            "field \(field.name) \(field.type.rawValue) \(field.path.joined(separator: "\u{1f}"))"
        }
        let required = required.sorted().map { "\($0)" }.joined(separator: " ")
        let time = time.map { "\($0)" } ?? "record"
        return (fields + ["id \(id) time \(time) \(timeUnit.rawValue) required \(required)"])
            .joined(separator: "\n")
    }
}

extension LabelSettings {
    fileprivate var identity: String {
        let weight = weight.map { "\($0)" } ?? "none"
        return "labels\n\(schema.identity)\nvalue \(value) weight \(weight)"
            + " maturity \(maturityMillis) silence \(silence.rawValue)"
    }
}

extension OnlineLearner.Parameters {
    fileprivate var identity: String {
        "learner \(loss.rawValue) alpha \(ftrl.alpha) beta \(ftrl.beta) l1 \(ftrl.l1)"
            + " l2 \(ftrl.l2) bound \(bound) every \(publishEvery)"
    }
}
