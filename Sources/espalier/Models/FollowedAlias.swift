internal import Features
internal import Model
internal import Project
internal import Registry
internal import Worker

/// An alias of a registry whose model is to score a project's vectors.
struct FollowedAlias: Sendable {
    private(set) var registry: ModelRegistry
    let name: String
    let alias: String
    let keys: [VerifyingKey]
    private let layout: FeatureLayout
    private let loss: Loss
    private let rules: FeatureRules
    private let needsBaseline: Bool

    /// A stuck writer must not keep a service from its new model.
    private static let patienceMillis = 200

    init(
        _ settings: RegistrySettings, of project: ProjectFile, for plan: FeaturePlan
    ) throws(Failure) {
        do throws(RegistryError) { registry = try ModelRegistry(opening: settings.path) } catch {
            throw Failure(error)
        }
        registry.patienceMillis = Self.patienceMillis
        name = settings.name
        alias = settings.alias
        keys = try settings.publicKeys.map { path throws(Failure) in
            try VerifyingKey(file: path)
        }
        layout = plan.layout
        loss = project.model.loss
        rules = FeatureRules(project)
        needsBaseline = project.comparesWithTraining
    }

    /// `card-fraud@champion`
    var text: String { "\(name)@\(alias)" }

    /// A version that can score: verified, of this project's features and loss.
    struct Scorer: Sendable {
        let version: RegisteredVersion
        let content: ModelContent
        let model: SparseModel
    }

    /// Loads a version that is to serve from now on, or says why not: it must keep to the project's
    /// locks and signs, whoever registered it.
    func load(_ version: RegisteredVersion) throws(RegistryError) -> Scorer {
        let scorer = try scorer(version)
        let broken = rules.broken(by: scorer.content)
        guard broken.isEmpty else {
            throw .rulesBroken(name: version.model, version: version.number, broken)
        }
        let approved = try registry.read().model(version.model).approved(upTo: version.number)
        try rules.checkApprovals(of: scorer.content, approved: approved)
        guard !needsBaseline || scorer.model.baseline != nil else {
            throw .artifactRefused(
                name: version.model, version: version.number,
                .missing(path: "baseline", expected: ProjectFile.baselineExpectation))
        }
        return scorer
    }

    private func scorer(_ version: RegisteredVersion) throws(RegistryError) -> Scorer {
        let artifact = try registry.artifact(of: version, trusting: keys)
        do throws(ArtifactError) {
            guard artifact.content.loss == loss else {
                throw .invalid(
                    path: "loss", found: artifact.content.loss.rawValue,
                    expected: "the project's, \(loss.rawValue)")
            }
            return Scorer(
                version: version, content: artifact.content,
                model: try SparseModel(artifact, for: layout))
        } catch {
            throw .artifactRefused(name: version.model, version: version.number, error)
        }
    }

    /// The model of a version that served before, by its digest. What it has scored may be scored
    /// again, whatever the project's rules are by now.
    func model(digest: String) throws(RegistryError) -> SparseModel {
        let versions = try registry.read().model(name).versions
        guard let version = versions.last(where: { $0.digest == digest }) else {
            throw .unknownVersion(
                name: name, version: String(digest.prefix(12)),
                newest: versions.last?.number ?? 0)
        }
        return try scorer(version).model
    }

    /// What workers score with, beginning with this model; what scored before is loaded again.
    func slot(beginningWith model: SparseModel) -> ModelSlot {
        ModelSlot(model) { version throws(ModelGone) in
            do throws(RegistryError) { return try self.model(digest: version) } catch {
                throw ModelGone(reason: "\(error)")
            }
        }
    }

    /// What the alias stands for now.
    func version(in models: RegisteredModels) throws(RegistryError) -> RegisteredVersion {
        try models.version(ModelReference(name: name, selector: .alias(alias)))
    }

    /// What the alias stands for, or, where that is refused, the newest of those before it that is
    /// not.
    ///
    /// - Returns: the scorer, and why newer ones were refused.
    /// - Throws: the first refusal, when nothing can score.
    func loadNewest(
        of models: RegisteredModels
    ) throws(RegistryError) -> (scorer: Scorer, refusals: [RegistryError]) {
        let present = try version(in: models)
        var refusals: [RegistryError] = []
        for version in try models.model(name).trail(ofAlias: alias) {
            do throws(RegistryError) { return (try load(version), refusals) } catch {
                refusals.append(error)
            }
        }
        throw refusals.first
            ?? .unknownVersion(name: name, version: "\(present.number)", newest: 0)
    }

    /// The index of a numeric feature.
    func index(of feature: String) -> Int? {
        if case .index(let index) = layout[feature]?.place { Int(index) } else { nil }
    }
}
