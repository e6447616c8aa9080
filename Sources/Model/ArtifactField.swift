internal import JSON

/// A value of an artifact's document with the path that errors name.
struct ArtifactField {
    let path: String
    let value: JSONValue

    /// The members of an object that has these keys and no others, apart from those that it may
    /// have.
    func members(
        _ keys: String..., optional: [String] = []
    ) throws(ArtifactError) -> [String: ArtifactField] {
        guard let object = value.object else { throw invalid("an object") }
        for key in object.keys where !keys.contains(key) && !optional.contains(key) {
            throw .unknownKey(path: self.path(key))
        }
        var members: [String: ArtifactField] = [:]
        for key in optional {
            guard let value = object[key] else { continue }
            members[key] = ArtifactField(path: self.path(key), value: value)
        }
        for key in keys {
            guard let value = object[key] else {
                throw .missing(path: self.path(key), expected: "the key")
            }
            members[key] = ArtifactField(path: self.path(key), value: value)
        }
        return members
    }

    func elements() throws(ArtifactError) -> [ArtifactField] {
        guard let values = value.array else { throw invalid("an array") }
        return values.enumerated().map { ArtifactField(path: "\(path)[\($0)]", value: $1) }
    }

    /// Pairs of numbers, of which there may be many.
    ///
    /// - Parameters:
    ///   - expected: what each is to be, for the error.
    ///   - take: tells whether it is.
    func pairs(
        _ expected: String, _ take: (Double, Double) -> Bool
    ) throws(ArtifactError) {
        guard let pairs = value.array else { throw invalid("an array") }
        for (place, pair) in pairs.enumerated() {
            guard let parts = pair.array, parts.count == 2, let first = parts[0].double,
                let second = parts[1].double, take(first, second)
            else { throw ArtifactField(path: "\(path)[\(place)]", value: pair).invalid(expected) }
        }
    }

    func number() throws(ArtifactError) -> Double {
        guard let number = value.double else { throw invalid("a number") }
        return number
    }

    func integer() throws(ArtifactError) -> Int64 {
        guard let integer = value.integer else { throw invalid("an integer") }
        return integer
    }

    func text() throws(ArtifactError) -> String {
        guard let text = value.string else { throw invalid("a string") }
        return text
    }

    /// - Parameter max: what it counts a part of.
    func count(max: Int = .max) throws(ArtifactError) -> Int {
        guard let count = Int(exactly: try integer()), (0...max).contains(count) else {
            throw invalid(max == .max ? "0 or more" : "0…\(max)")
        }
        return count
    }

    /// `{from, to}`, both among them.
    func times() throws(ArtifactError) -> ClosedRange<Int64> {
        let m = ArtifactMembers(try members("from", "to"))
        let (from, to) = (try m["from"].integer(), try m["to"].integer())
        guard from <= to else { throw invalid("ascending times") }
        return from...to
    }

    func fieldsByName() throws(ArtifactError) -> [(name: String, field: ArtifactField)] {
        guard let object = value.object else { throw invalid("an object") }
        return zip(object.keys, object.values).map {
            ($0, ArtifactField(path: path($0), value: $1))
        }
    }

    func numbersByName() throws(ArtifactError) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (name, field) in try fieldsByName() { numbers[name] = try field.number() }
        return numbers
    }

    var isNull: Bool { value == .null }

    func invalid(_ expected: String) -> ArtifactError {
        .invalid(path: path.isEmpty ? "document" : path, found: kind, expected: expected)
    }

    private func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private var kind: String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value.prefix(40))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
