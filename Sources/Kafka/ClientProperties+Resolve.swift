internal import Glibc

/// Properties with every `${…}` replaced, ready for librdkafka, and the redactor that knows them.
struct ResolvedProperties {
    var pairs: [(name: String, value: String)] = []
    var redactor = Redactor()
}

extension ClientProperties {
    /// A secret file larger than this is surely not what was meant.
    private static let secretFileBytesMax = 64 * 1024

    func resolved() throws(KafkaError) -> ResolvedProperties {
        var result = ResolvedProperties()
        for entry in all {
            let value = try Self.resolve(entry, into: &result.redactor)
            if Redactor.isSecret(propertyNamed: entry.name) { result.redactor.add(value) }
            result.pairs.append((entry.name, value))
        }
        return result
    }

    private static func resolve(
        _ entry: Entry, into redactor: inout Redactor
    ) throws(KafkaError) -> String {
        var value = ""
        var rest = entry.template[...]
        while let start = rest.firstRange(of: "${") {
            value += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                throw KafkaError(
                    .invalidArgument, "resolve property \(entry.name)",
                    message: "found ${ without }; expected ${NAME} or ${file:/path}")
            }
            let secret = try lookUp(rest[..<end], for: entry.name)
            redactor.add(secret)
            value += secret
            rest = rest[rest.index(after: end)...]
        }
        return value + rest
    }

    private static func lookUp(
        _ reference: Substring, for property: String
    ) throws(KafkaError) -> String {
        let operation = "resolve property \(property)"
        if reference.hasPrefix("file:") {
            let path = String(reference.dropFirst("file:".count))
            guard let content = content(ofFile: path) else {
                throw KafkaError(
                    .unreadableFile, operation, message: "\(path) is not a readable text file")
            }
            return content
        }
        guard let value = unsafe getenv(String(reference)) else {
            throw KafkaError(
                .invalidArgument, operation,
                message: "environment variable \(reference) is not set")
        }
        return unsafe String(cString: value)
    }

    /// The file's UTF-8 text without trailing line breaks; nil if it is missing or too large.
    private static func content(ofFile path: String) -> String? {
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: secretFileBytesMax + 1)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        guard unsafe ferror(file) == 0, count <= secretFileBytesMax else { return nil }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else { return nil }
        return String(text.reversed().drop { $0.isNewline }.reversed())
    }
}
