extension SparseModel {
    /// Compiles an artifact for vectors of a project: features are matched by name, scaling is
    /// folded into the weights, what weighs nothing is left out.
    ///
    /// - Throws: `ArtifactError.featureUnknown`, `.featureChanged` or `.featureOfTable` for a
    ///   feature that weighs something and that the project lacks, computes otherwise, or was not
    ///   asked for.
    public init(_ artifact: ModelArtifact, for layout: FeatureLayout) throws(ArtifactError) {
        let content = artifact.content
        self.init(
            space: layout.space, loss: content.loss, version: artifact.version,
            intercept: content.intercept, bound: content.bound)
        for feature in content.features where feature.weighsSomething {
            guard !feature.isColumn else { throw .featureOfTable(name: feature.name) }
            guard let (known, place) = layout[feature.name] else {
                throw .featureUnknown(name: feature.name)
            }
            guard known == feature.described else {
                throw .featureChanged(
                    name: feature.name, found: "\(known.kind) \(known.definition)",
                    expected: "\(feature.described.kind) \(feature.definition)")
            }
            set(feature.weights, at: place)
        }
        baseline = content.baseline
        for feature in content.features where layout[feature.name]?.feature != feature.described {
            baseline?.features[feature.name] = nil
        }
    }

    private mutating func set(_ weights: ModelContent.Weights, at place: FeatureLayout.Place) {
        switch (weights, place) {
        case (.numeric(let weight, let scaling), .index(let index)): set(weight, at: index, scaling)
        case (.category(_, let entries), .block(let block)):
            let start = space.buckets(ofBlock: block).lowerBound
            for entry in entries { set(entry.weight, at: UInt32(start + entry.bucket)) }
        default: assertionFailure("kinds were compared before")
        }
    }
}

extension ModelContent.Feature {
    /// The feature without its weights.
    public var described: FeatureLayout.Feature {
        switch weights {
        case .numeric: .init(name: name, kind: .numeric, definition: definition)
        case .category(let bits, _):
            .init(name: name, kind: .category(bits: bits), definition: definition)
        }
    }

    /// Whether it moves a score.
    public var weighsSomething: Bool {
        switch weights {
        case .numeric(let weight, let scaling): weight != 0 && scaling.scale > 0
        case .category(_, let entries): entries.contains { $0.weight != 0 }
        }
    }
}
