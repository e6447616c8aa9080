/// A version of a model as people name it.
///
/// | written | means |
/// |---|---|
/// | `card-fraud` | the champion; where there is none, the newest version |
/// | `card-fraud@3`, `card-fraud@v3` | the third version |
/// | `card-fraud@challenger` | the version that an alias stands for |
/// | `card-fraud@sha256:20ba331f` | the version whose digest begins so |
public struct ModelReference: Equatable, Sendable {
    public let name: String
    public let selector: Selector

    /// Which version of the model.
    public enum Selector: Equatable, Sendable {
        case usual
        case version(Int)
        case alias(String)
        case digest(String)
    }

    /// The alias of what serves, unless it is said otherwise.
    public static let champion = "champion"
    private static let digestMark = "sha256:"
    static let digestDigitsMin = 6

    public init(name: String, selector: Selector) {
        self.name = name
        self.selector = selector
    }

    /// - Throws: `RegistryError.invalidName` for a text of another form.
    public init(_ text: String) throws(RegistryError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        try RegistryNames.check(model: name)
        guard parts.count == 2 else {
            selector = .usual
            return
        }
        let chosen = String(parts[1])
        if let version = Self.version(chosen) {
            selector = .version(version)
        } else if chosen.hasPrefix(Self.digestMark) {
            let digits = String(chosen.dropFirst(Self.digestMark.count))
            guard digits.utf8.count >= Self.digestDigitsMin else {
                throw .invalidName(
                    found: text, expected: "\(Self.digestDigitsMin) or more digits of the digest")
            }
            selector = .digest(digits)
        } else {
            try RegistryNames.check(alias: chosen)
            selector = .alias(chosen)
        }
    }

    /// `3` or `v3`.
    static func version(_ text: String) -> Int? {
        let digits = text.hasPrefix("v") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int(digits) ?? .max
    }
}

extension RegisteredModels {
    /// The version that a reference names.
    public func version(_ reference: ModelReference) throws(RegistryError) -> RegisteredVersion {
        let model = try model(reference.name)
        switch reference.selector {
        case .usual:
            let number = model.aliases[ModelReference.champion] ?? model.versions.count
            return try model.version(number)
        case .version(let number): return try model.version(number)
        case .alias(let alias):
            guard let number = model.aliases[alias] else {
                throw .unknownAlias(
                    name: model.name, alias: alias, known: model.aliases.keys.sorted())
            }
            return try model.version(number)
        case .digest(let digits):
            guard let found = model.versions.last(where: { $0.digest.hasPrefix(digits) }) else {
                throw .unknownVersion(
                    name: model.name, version: "sha256:\(digits)", newest: model.versions.count)
            }
            return found
        }
    }
}

extension RegisteredModel {
    func version(_ number: Int) throws(RegistryError) -> RegisteredVersion {
        guard (1...max(1, versions.count)).contains(number), number <= versions.count else {
            throw .unknownVersion(name: name, version: "\(number)", newest: versions.count)
        }
        return versions[number - 1]
    }
}
