internal import Model

/// A model that Vowpal Wabbit wrote as text: a heading, the line `:0` or, with the learner's state
/// behind it, `:1`, then a line for each feature, the intercept being `Constant`.
///
///     Version 9.11.9
///     …
///     :0
///     Constant:116060:-2.0731       116060:-2.0731
///     pay^amount:92594:0.0412       92594:0.0412
///     --invert_hash                 --readable_model
///
/// A feature of a namespace is `namespace^feature`; the namespace is dropped. A hash without a name
/// is looked up among the hashes of the project's features. What an adaptive update keeps behind a
/// weight is passed over.
public struct VowpalModel: Sendable {
    private static let intercept = "Constant"
    private static let form = "name:hash:weight, or hash:weight"
    private static let bitsMax = 40

    private let features: [String]
    private let namespaces: [String]

    /// - Parameters:
    ///   - features: names that hashes may stand for.
    ///   - namespaces: those that the features may be in, beside none.
    public init(features: [String], namespaces: [String] = []) {
        self.features = features
        self.namespaces = [""] + namespaces
    }

    /// Reads such a file.
    public func weights(parsing bytes: [UInt8]) throws(ImportError) -> ImportedWeights {
        let lines = try TextLines(bytes).lines
        let marks: Set<Substring> = [":0", ":1"]
        guard lines.first?.text.hasPrefix("Version ") == true,
            let mark = lines.firstIndex(where: { marks.contains($0.text) })
        else {
            throw .invalid(
                at: "line 1", found: "no heading of a readable model",
                expected: "a file that vw --invert_hash or --readable_model wrote")
        }
        let heading = lines[..<mark].map(\.text)
        let names = try names(bits: Self.bits(in: heading))
        var weights = ImportedWeights(solver: "vowpal-wabbit", intercept: 0, weights: [])
        weights.loss = Self.loss(in: heading)
        let body = lines[(mark + 1)...].drop { Self.parts(of: $0.text) == nil }
        for (number, text) in body where !text.isEmpty {
            guard let parts = Self.parts(of: text) else {
                throw .invalid(
                    at: "line \(number)", found: "\"\(text.prefix(40))\"", expected: Self.form)
            }
            guard let name = parts.name.map(String.init) ?? names[parts.hash] else {
                throw .invalid(
                    at: "line \(number)", found: "the hash \(parts.hash)",
                    expected: "that of a feature of the project, or a name (vw --invert_hash)")
            }
            let weight = try TextLines.number(parts.weight, line: number)
            if name == Self.intercept {
                weights.intercept = weight
            } else {
                weights.weights.append(.init(feature: name, weight: weight))
            }
        }
        return weights
    }

    /// The name of every hash that a feature of the project has; those of two names have none.
    private func names(bits: Int) throws(ImportError) -> [UInt64: String] {
        let mask = (UInt64(1) << UInt64(bits)) - 1
        var names = [UInt64(VowpalHash.intercept) & mask: Self.intercept]
        var isTaken = Set(names.keys)
        for feature in features {
            for namespace in namespaces {
                let hash = UInt64(VowpalHash.of(feature, namespace: namespace)) & mask
                names[hash] = isTaken.insert(hash).inserted ? feature : nil
            }
        }
        return names
    }

    private static func parts(
        of line: Substring
    ) -> (name: Substring?, hash: UInt64, weight: Substring)? {
        let cells = line.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(cells.count), let hash = UInt64(cells[cells.count - 2]) else {
            return nil
        }
        let name = cells.count == 3 ? cells[0].split(separator: "^").last : nil
        return (name, hash, cells[cells.count - 1].prefix { $0 != " " })
    }

    // MARK: Heading

    private static func bits(in heading: [Substring]) throws(ImportError) -> Int {
        let text = heading.first { $0.hasPrefix("bits:") }?.dropFirst(5) ?? ""
        guard let bits = Int(text), (1...bitsMax).contains(bits) else {
            throw .invalid(at: "bits", found: "\"\(text)\"", expected: "1 to \(bitsMax)")
        }
        return bits
    }

    /// The heading says the loss only by its link.
    private static func loss(in heading: [Substring]) -> Loss? {
        let options = heading.first { $0.hasPrefix("options:") }?.split(separator: " ") ?? []
        guard let place = options.firstIndex(of: "--link"), place + 1 < options.count else {
            return nil
        }
        return ["logistic": .logistic, "identity": .squared, "poisson": .poisson][
            options[place + 1]]
    }
}
