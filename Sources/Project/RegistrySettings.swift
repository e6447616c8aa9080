/// The registry whose model a service scores with.
public struct RegistrySettings: Equatable, Sendable {
    /// The registry's directory.
    public var path: String
    /// The model's name.
    public var name: String
    /// The alias that is followed while the service runs.
    public var alias = "champion"
    /// Files with Ed25519 public keys of which one must have signed the model; empty: unsigned
    /// models are taken.
    public var publicKeys: [String] = []

    enum Key: String, CaseIterable {
        case path, name, alias, publicKey
    }

    /// Reads a directory, or a map with more.
    ///
    /// - Parameter project: what the model is called unless the file says otherwise.
    init?(_ node: YAMLNode, project: String, _ problems: inout Problems) {
        name = project
        if case .scalar = node.content {
            guard let path = node.text("the registry's directory", &problems) else { return nil }
            self.path = path
            return
        }
        guard let section = Section<Key>(node, "registry", &problems),
            let path = section.required(.path, "the registry's directory", &problems)?
                .text("the registry's directory", &problems)
        else { return nil }
        self.path = path
        name = section[.name]?.text("the model's name", &problems) ?? name
        alias = section[.alias]?.text("an alias", &problems) ?? alias
        publicKeys = section[.publicKey].map { Self.keys($0, &problems) } ?? []
    }

    private static func keys(_ node: YAMLNode, _ problems: inout Problems) -> [String] {
        let meaning = "a file with an Ed25519 public key"
        guard case .list(let elements) = node.content else {
            return node.text(meaning, &problems).map { [$0] } ?? []
        }
        return elements.compactMap { $0.text(meaning, &problems) }
    }
}
