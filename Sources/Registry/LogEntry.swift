/// One change of the registry.
public struct LogEntry: Equatable, Sendable {
    /// From 1, without gaps.
    public var sequence: UInt64
    /// SHA-256 of the frame before; empty for the first entry. Who changes an entry must change all
    /// that follow.
    public var previous: String
    public var attribution: Attribution
    public var model: String
    public var action: Action

    /// What was done to the model.
    public enum Action: Equatable, Sendable {
        case registered(Registration)
        /// The alias stands for this version from now on.
        case pointed(alias: String, version: Int)
        /// The alias stands again for the version before.
        case rolledBack(alias: String, version: Int)
        case aliasRemoved(alias: String)
        /// An empty value takes the tag away.
        case tagged(version: Int, key: String, value: String)
        case signed(version: Int, Signature)
        case served(Serving)
        /// The coming or going of these sensitive features was approved after the registration.
        case approved(version: Int, [String])
    }

    /// A new version of the model.
    public struct Registration: Equatable, Sendable {
        public var version: Int
        /// SHA-256 of the artifact's bytes, which names the object.
        public var digest: String
        public var byteCount: Int
        /// Where it came from, such as `train` or the imported file.
        public var source: String
        /// Sensitive features whose coming or going was approved.
        public var approved: [String]
        /// What the project said about single features when it was checked.
        public var rules = FeatureRules()
    }

    /// A service's predictions come from this version, from these source offsets on.
    public struct Serving: Equatable, Sendable {
        /// The service that scores, such as its consumer group.
        public var service: String
        /// 0: from these offsets on the service scores with no version of this model.
        public var version: Int
        public var positions: [SourceOffset]

        public init(service: String, version: Int, positions: [SourceOffset]) {
            self.service = service
            self.version = version
            self.positions = positions
        }
    }
}

/// A place in a source topic.
public struct SourceOffset: Equatable, Sendable {
    public var topic: String
    public var partition: Int
    public var offset: Int64

    public init(topic: String, partition: Int, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}

/// An Ed25519 signature (RFC 8032) over an artifact's bytes.
public struct Signature: Equatable, Sendable {
    /// SHA-256 of the raw public key.
    public var key: String
    /// 64 bytes in hexadecimal.
    public var hex: String
}
