internal import Features
public import Model

/// Who asks for features besides the live model.
///
/// A plan on demand computes the inputs that the model gives a weight, those that someone here
/// reads, and what these need; the others keep their place in the vector and are missing there,
/// which adds exactly 0 to the margin of a model that gives them none.
public struct FeatureDemand: Equatable, Sendable {
    /// Inputs computed whatever the model weighs, with who reads them.
    public var readers: [String: Set<String>]

    public init(readers: [String: Set<String>] = [:]) { self.readers = readers }

    /// Every input that someone reads.
    public var inputs: Set<String> { readers.values.reduce(into: []) { $0.formUnion($1) } }
}

extension PipelineSettings {
    /// The inputs that the model weighs or someone reads.
    public var asked: Set<String> {
        guard let demand else { return Set(plan.inputs) }
        guard case .model(let model) = scoring else { return Set(plan.inputs) }
        return demand.inputs.union(plan.inputs(weighedBy: model))
    }

    /// The same project with only those inputs computed that are asked for, and these.
    ///
    /// - Parameter inputs: those that models weigh which score or did score.
    public func computing(also inputs: Set<String>) -> PipelineSettings {
        let wanted = asked.union(inputs)
        guard wanted != plan.computedInputs else { return self }
        var settings = self
        settings.plan = plan.computing(wanted)
        return settings
    }
}

extension EventPipeline {
    /// Inputs that a model gives a weight and that are not computed: it cannot score here yet.
    public func lacking(_ model: borrowing SparseModel) -> Set<String> {
        let plan = settings.plan
        return plan.isWhole ? [] : plan.inputs(weighedBy: model).subtracting(plan.computedInputs)
    }

    /// The inputs that are computed, where that is a part of them.
    public var computedPart: Set<String>? {
        settings.plan.isWhole ? nil : settings.plan.computedInputs
    }

    /// Whether all of these inputs are computed.
    public func computes(_ inputs: Set<String>) -> Bool {
        settings.plan.isWhole || inputs.isSubset(of: settings.plan.computedInputs)
    }
}
