/// Members in the order they were written, each key once. Keys are compared as Swift strings, so
/// that canonically equivalent ones are the same.
public struct JSONObject: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var keys: [String] = []
    public private(set) var values: [JSONValue] = []
    private var places: [String: Int] = [:]

    public init() {}

    /// - Precondition: no key is given twice.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        for (key, value) in members {
            let isNew = append(key, value)
            precondition(isNew, "the key \"\(key)\" is given twice")
        }
    }

    public var count: Int { keys.count }

    /// Setting nil removes the member, O(n); setting a new key appends it.
    public subscript(key: String) -> JSONValue? {
        get { places[key].map { values[$0] } }
        set {
            if let place = places[key] {
                if let newValue { values[place] = newValue } else { remove(at: place) }
            } else if let newValue {
                append(key, newValue)
            }
        }
    }

    /// Appends the member and returns true, or returns false when there is one of that key.
    @discardableResult
    public mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        guard places[key] == nil else { return false }
        places[key] = keys.count
        keys.append(key)
        values.append(value)
        return true
    }

    private mutating func remove(at place: Int) {
        places[keys[place]] = nil
        keys.remove(at: place)
        values.remove(at: place)
        for later in place..<keys.count { places[keys[later]] = later }
    }

    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.keys == b.keys && a.values == b.values
    }
}
