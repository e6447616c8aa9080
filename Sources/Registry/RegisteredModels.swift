/// What a registry's log amounts to.
public struct RegisteredModels: Equatable, Sendable {
    public private(set) var models: [String: RegisteredModel] = [:]
    /// Every change, oldest first.
    public let entries: [LogEntry]
    /// Bytes that a killed writer left behind the last whole entry; the next change removes them.
    public let tornBytes: Int
    let logBytes: Int
    let head: String

    /// Folds the entries.
    ///
    /// - Throws: `RegistryError.logBroken` for an entry that means nothing where it stands.
    init(_ log: RegistryLog, path: String) throws(RegistryError) {
        entries = log.entries
        tornBytes = log.tornBytes
        logBytes = log.byteCount
        head = log.head
        for entry in log.entries {
            guard apply(entry) else { throw .logBroken(path: path, entry: entry.sequence) }
        }
    }

    public var names: [String] { models.keys.sorted() }

    /// The model of this name.
    public func model(_ name: String) throws(RegistryError) -> RegisteredModel {
        guard let model = models[name] else { throw .unknownModel(name: name, known: names) }
        return model
    }

    private mutating func apply(_ entry: LogEntry) -> Bool {
        if case .registered = entry.action, models[entry.model] == nil {
            models[entry.model] = RegisteredModel(name: entry.model)
        }
        return models[entry.model]?.apply(entry) ?? false
    }
}

/// The versions of one name, and what its aliases stand for.
public struct RegisteredModel: Equatable, Sendable {
    public let name: String
    /// Version *n* at place *n - 1*.
    public private(set) var versions: [RegisteredVersion] = []
    /// What each alias stands for.
    public var aliases: [String: Int] { trails.compactMapValues(\.last) }
    /// The versions that an alias stood for, of which a rollback takes away the last.
    private(set) var trails: [String: [Int]] = [:]
    /// What scored, oldest first.
    public private(set) var served: [ServedRange] = []

    init(name: String) { self.name = name }

    /// What the project says about single features, as its newest version was registered.
    public var rules: FeatureRules { versions.last?.registration.rules ?? FeatureRules() }

    /// Sensitive features whose coming or going was approved for a version or one before it.
    public func approved(upTo version: Int) -> Set<String> {
        versions.prefix(version).reduce(into: []) { $0.formUnion($1.approved) }
    }

    /// The aliases that stand for a version, in order.
    public func aliases(of version: Int) -> [String] {
        aliases.filter { $0.value == version }.keys.sorted()
    }

    /// The version that an alias stood for before the present one.
    public func version(beforeAlias alias: String) -> Int? { trails[alias]?.dropLast().last }

    /// The versions that an alias stood for, the present one first; what was rolled back is not
    /// among them.
    public func trail(ofAlias alias: String) -> [RegisteredVersion] {
        (trails[alias] ?? []).reversed().map { versions[$0 - 1] }
    }

    fileprivate mutating func apply(_ entry: LogEntry) -> Bool {
        switch entry.action {
        case .registered(let registration):
            guard registration.version == versions.count + 1 else { return false }
            versions.append(
                RegisteredVersion(
                    model: name, registration: registration, attribution: entry.attribution))
        case .pointed(let alias, let version):
            guard version <= versions.count else { return false }
            trails[alias, default: []].append(version)
        case .rolledBack(let alias, let version):
            guard self.version(beforeAlias: alias) == version else { return false }
            trails[alias]?.removeLast()
        case .aliasRemoved(let alias):
            guard trails.removeValue(forKey: alias) != nil else { return false }
        case .tagged(let version, let key, let value):
            guard version <= versions.count else { return false }
            versions[version - 1].tags[key] = value.isEmpty ? nil : value
        case .signed(let version, let signature):
            guard version <= versions.count else { return false }
            versions[version - 1].signatures.append(signature)
        case .served(let serving):
            guard serving.version <= versions.count else { return false }
            take(serving, at: entry.attribution.timeMillis)
        case .approved(let version, let features):
            guard version <= versions.count else { return false }
            versions[version - 1].approved.formUnion(features)
        }
        return true
    }

    /// Ends the open ranges of these partitions and begins new ones.
    private mutating func take(_ serving: LogEntry.Serving, at timeMillis: Int64) {
        for position in serving.positions {
            let open = served.lastIndex {
                $0.service == serving.service && $0.topic == position.topic
                    && $0.partition == position.partition
            }
            if let open, served[open].to == nil {
                served[open].to = max(served[open].from, position.offset)
                served[open].toMillis = timeMillis
            }
            guard serving.version > 0 else { continue }
            served.append(
                ServedRange(
                    service: serving.service, version: serving.version, topic: position.topic,
                    partition: position.partition, from: position.offset, fromMillis: timeMillis))
        }
    }
}

/// One version: an artifact under a number, and what was said about it since.
public struct RegisteredVersion: Equatable, Sendable {
    public let model: String
    public let registration: LogEntry.Registration
    public let attribution: Attribution
    public internal(set) var tags: [String: String] = [:]
    public internal(set) var signatures: [Signature] = []
    /// Sensitive features whose coming or going was approved, then or later.
    public internal(set) var approved: Set<String>

    public var number: Int { registration.version }
    public var digest: String { registration.digest }
    /// `card-fraud@3`
    public var reference: String { "\(model)@\(number)" }

    init(model: String, registration: LogEntry.Registration, attribution: Attribution) {
        self.model = model
        self.registration = registration
        self.attribution = attribution
        approved = Set(registration.approved)
    }
}

/// A stretch of a source partition whose events a version scored: offsets `from ..< to`.
public struct ServedRange: Equatable, Sendable {
    public let service: String
    public let version: Int
    public let topic: String
    public let partition: Int
    public let from: Int64
    public let fromMillis: Int64
    /// Nil while it serves, or since its service was killed.
    public fileprivate(set) var to: Int64?
    public fileprivate(set) var toMillis: Int64?
}
