/// The named features of a project or a model, and where each stands in a vector.
///
/// Numeric features take the first indices in their order, then each hashed feature a block.
public struct FeatureLayout: Equatable, Sendable {
    /// A feature by name.
    public struct Feature: Equatable, Sendable {
        public let name: String
        public let kind: Kind
        /// Digest of how it is computed: features of one name are the same only when this is.
        public let definition: String

        public init(name: String, kind: Kind, definition: String) {
            self.name = name
            self.kind = kind
            self.definition = definition
        }
    }

    /// How a feature enters a vector.
    public enum Kind: Equatable, Sendable {
        case numeric
        /// Hashed into `2^bits` buckets.
        case category(bits: Int)
    }

    /// Where a feature's values stand in a vector.
    public enum Place: Equatable, Sendable {
        case index(UInt32)
        case block(Int)
    }

    public let features: [Feature]
    public let space: FeatureSpace
    private var places: [String: (feature: Int, place: Place)] = [:]
    /// Names in the order of indices, then of blocks.
    private var numericNames: [String] = []
    private var blockNames: [String] = []

    /// Nil when a name is given twice or the features do not fit a `FeatureSpace`.
    public init?(_ features: [Feature]) {
        var bits: [Int] = []
        for (feature, declared) in features.enumerated() {
            let place: Place
            switch declared.kind {
            case .numeric:
                place = .index(UInt32(numericNames.count))
                numericNames.append(declared.name)
            case .category(let width):
                place = .block(blockNames.count)
                blockNames.append(declared.name)
                bits.append(width)
            }
            guard places.updateValue((feature, place), forKey: declared.name) == nil else {
                return nil
            }
        }
        guard let space = FeatureSpace(numericCount: numericNames.count, blockBits: bits) else {
            return nil
        }
        self.features = features
        self.space = space
    }

    public subscript(name: String) -> (feature: Feature, place: Place)? {
        places[name].map { (features[$0.feature], $0.place) }
    }

    /// The name of the feature that an index belongs to. O(blocks).
    public func name(of index: UInt32) -> String {
        if let block = space.block(of: index) { return blockNames[block] }
        return numericNames[Int(index)]
    }

    public static func == (a: FeatureLayout, b: FeatureLayout) -> Bool { a.features == b.features }
}
