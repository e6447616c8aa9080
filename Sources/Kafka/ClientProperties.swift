/// librdkafka properties in the order given, verbatim.
///
/// A value may contain `${NAME}` for an environment variable and `${file:/path}` for the content of
/// a file (without its last line break). Both are read when a client is made, not before, and what
/// they gave appears in no description, log line or error; nor does the value of a property whose
/// name speaks of a secret.
public struct ClientProperties: Sendable, Equatable {
    /// As written, with references unresolved.
    private var entries: [Entry] = []

    struct Entry: Sendable, Equatable {
        let name: String
        var template: String
    }

    public init() {}

    public init(_ pairs: [(name: String, value: String)]) {
        for pair in pairs { set(pair.name, pair.value) }
    }

    /// Sets a property, in place of an earlier value if there is one.
    public mutating func set(_ name: String, _ value: String) {
        if let index = index(of: name) {
            entries[index].template = value
        } else {
            entries.append(Entry(name: name, template: value))
        }
    }

    /// Sets a property that has no value yet.
    public mutating func setDefault(_ name: String, _ value: String) {
        if index(of: name) == nil { entries.append(Entry(name: name, template: value)) }
    }

    /// The value as written, unless it is a secret written out.
    public func value(of name: String) -> String? {
        index(of: name).map { shown(entries[$0]) }
    }

    var all: [Entry] { entries }

    private func index(of name: String) -> Int? { entries.firstIndex { $0.name == name } }

    private func shown(_ entry: Entry) -> String {
        let isReference = entry.template.contains("${")
        return Redactor.isSecret(propertyNamed: entry.name) && !isReference
            ? Redactor.mark : entry.template
    }
}

extension ClientProperties: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        for element in elements { set(element.0, element.1) }
    }
}

extension ClientProperties: CustomStringConvertible, CustomDebugStringConvertible {
    /// `name=value` in order, references as written, secrets redacted.
    public var description: String {
        entries.map { "\($0.name)=\(shown($0))" }.joined(separator: ", ")
    }

    public var debugDescription: String { description }
}

extension ClientProperties: CustomReflectable {
    /// Keeps `dump` and the like from showing what `description` hides.
    public var customMirror: Mirror { Mirror(self, children: ["properties": description]) }
}
