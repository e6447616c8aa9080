internal import Bytes
public import Model

/// What may be done to models.
extension ModelRegistry {
    /// Adds an artifact as the next version of its name. The same content again is the same
    /// version, and changes nothing but approvals.
    ///
    /// - Parameters:
    ///   - source: where it came from, for the model card.
    ///   - rules: what the project says about single features; nil for what it said last.
    ///   - approval: whether the coming and going of sensitive features, against the champion, is
    ///     approved.
    @discardableResult
    public func register(
        _ artifact: ModelArtifact, source: String, by attribution: Attribution,
        rules: FeatureRules? = nil, approval: Bool = false
    ) throws(RegistryError) -> RegisteredVersion {
        let name = artifact.content.name
        try RegistryNames.check(model: name)
        guard source.utf8.count <= LogEntry.textBytesMax else {
            throw .tooLong(
                field: "source", bytes: source.utf8.count, bytesMax: LogEntry.textBytesMax)
        }
        var registration = LogEntry.Registration(
            version: 0, digest: artifact.version, byteCount: artifact.bytes.count, source: source,
            approved: [])
        var found: RegisteredVersion?
        try change(name, attribution) { models throws(RegistryError) in
            let model = models.models[name]
            registration.rules = rules ?? model?.rules ?? FeatureRules()
            let broken = registration.rules.broken(by: artifact.content)
            guard broken.isEmpty else { throw .locksBroken(broken) }
            found = model?.versions.first { $0.digest == artifact.version }
            registration.approved = try registration.rules.approvals(
                for: artifact.content, after: champion(of: model), isGiven: approval,
                besides: found.flatMap { model?.approved(upTo: $0.number) } ?? [])
            try sweep()
            try store(artifact)
            guard let known = found else {
                registration.version = (model?.versions.count ?? 0) + 1
                return .registered(registration)
            }
            found?.approved.formUnion(registration.approved)
            return registration.approved.isEmpty
                ? nil : .approved(version: known.number, registration.approved)
        }
        return found
            ?? RegisteredVersion(model: name, registration: registration, attribution: attribution)
    }

    /// An alias may not stand for a version whose sensitive features nobody approved.
    private func checkApprovals(
        of version: RegisteredVersion, _ content: ModelContent, in models: RegisteredModels
    ) throws(RegistryError) {
        guard let model = models.models[version.model] else { return }
        try model.rules.checkApprovals(
            of: content, approved: model.approved(upTo: version.number))
    }

    /// What sensitive features are compared with; nothing where there is no readable champion.
    private func champion(of model: RegisteredModel?) -> ModelContent? {
        guard let model, let number = model.aliases[ModelReference.champion] else { return nil }
        return try? artifact(of: model.versions[number - 1]).content
    }

    /// Lets an alias stand for a version, whose artifact is verified first. Already standing there,
    /// nothing changes.
    ///
    /// - Returns: the version, and the one that the alias stood for before.
    @discardableResult
    public func point(
        _ alias: String, to reference: ModelReference, trusting keys: [VerifyingKey] = [],
        by attribution: Attribution
    ) throws(RegistryError) -> (now: RegisteredVersion, before: Int?) {
        try RegistryNames.check(alias: alias)
        var now: RegisteredVersion?
        let models = try change(reference.name, attribution) { models throws(RegistryError) in
            let version = try models.version(reference)
            let artifact = try artifact(of: version, trusting: keys)
            try checkApprovals(of: version, artifact.content, in: models)
            now = version
            let isThere = models.models[reference.name]?.aliases[alias] == version.number
            return isThere ? nil : .pointed(alias: alias, version: version.number)
        }
        let before = models.models[reference.name]?.aliases[alias]
        if let now { return (now, before) }
        return (try models.version(reference), before)
    }

    /// Lets an alias stand again for the version before; once more, for the one before that.
    ///
    /// - Returns: the version, and the one that the alias stood for before the call.
    @discardableResult
    public func rollBack(
        _ alias: String, of name: String, trusting keys: [VerifyingKey] = [],
        by attribution: Attribution
    ) throws(RegistryError) -> (now: RegisteredVersion, before: Int) {
        var outcome: (now: RegisteredVersion, before: Int)?
        try change(name, attribution) { models throws(RegistryError) in
            let model = try models.model(name)
            guard let present = model.aliases[alias] else {
                throw .unknownAlias(name: name, alias: alias, known: model.aliases.keys.sorted())
            }
            guard let earlier = model.version(beforeAlias: alias) else {
                throw .nothingBefore(name: name, alias: alias)
            }
            let version = try model.version(earlier)
            _ = try artifact(of: version, trusting: keys)
            outcome = (version, present)
            return .rolledBack(alias: alias, version: earlier)
        }
        guard let outcome else { throw .nothingBefore(name: name, alias: alias) }
        return outcome
    }

    /// Takes an alias away.
    public func removeAlias(
        _ alias: String, of name: String, by attribution: Attribution
    ) throws(RegistryError) {
        try change(name, attribution) { models throws(RegistryError) in
            let model = try models.model(name)
            guard model.aliases[alias] != nil else {
                throw .unknownAlias(name: name, alias: alias, known: model.aliases.keys.sorted())
            }
            return .aliasRemoved(alias: alias)
        }
    }

    /// Sets a tag of a version; an empty value takes it away.
    public func tag(
        _ reference: ModelReference, _ key: String, _ value: String, by attribution: Attribution
    ) throws(RegistryError) {
        try RegistryNames.check(tag: key)
        guard value.utf8.count <= LogEntry.textBytesMax else {
            throw .tooLong(field: key, bytes: value.utf8.count, bytesMax: LogEntry.textBytesMax)
        }
        try change(reference.name, attribution) { models throws(RegistryError) in
            .tagged(version: try models.version(reference).number, key: key, value: value)
        }
    }

    /// Notes from which offsets on a service scores with a version; what served before ends there.
    public func noteServing(
        _ name: String, _ serving: LogEntry.Serving, by attribution: Attribution
    ) throws(RegistryError) {
        guard serving.positions.count <= LogEntry.itemsMax else {
            throw .tooLong(
                field: "positions", bytes: serving.positions.count, bytesMax: LogEntry.itemsMax)
        }
        try change(name, attribution) { models throws(RegistryError) in
            let newest = try models.model(name).versions.count
            guard serving.version <= newest else {
                throw .unknownVersion(name: name, version: "\(serving.version)", newest: newest)
            }
            return .served(serving)
        }
    }
}
