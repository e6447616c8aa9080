/// Takes secret values out of texts before anybody sees them.
struct Redactor: Sendable {
    static let mark = "[redacted]"

    /// Longest first, so that a secret within another leaves no rest.
    private var secrets: [String] = []

    /// A secret of fewer characters is taken out where it stands alone: within words it would
    /// blank what is none, and tell by that what it is.
    private static let anywhereCharactersMin = 6

    mutating func add(_ secret: String) {
        guard !secret.isEmpty, !secrets.contains(secret) else { return }
        secrets.append(secret)
        secrets.sort { $0.utf8.count > $1.utf8.count }
    }

    func scrub(_ text: String) -> String {
        var result = text
        for secret in secrets where result.contains(secret) {
            result =
                secret.count < Self.anywhereCharactersMin
                ? Self.scrub(result, ofWord: secret) : result.replacing(secret, with: Self.mark)
        }
        return result
    }

    /// Takes a secret out where neither a letter nor a digit stands beside it.
    private static func scrub(_ text: String, ofWord secret: String) -> String {
        var result = ""
        var rest = text.startIndex
        for range in text.ranges(of: secret) {
            let before = text[..<range.lowerBound].last
            let after = text[range.upperBound...].first
            let beside = [before, after].compactMap(\.self)
            guard !beside.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            result += text[rest..<range.lowerBound] + mark
            rest = range.upperBound
        }
        return result + text[rest...]
    }

    /// Whether a property of this name holds a secret, by the words its name is made of. One that
    /// names a file does not.
    static func isSecret(propertyNamed name: String) -> Bool {
        let words = name.lowercased().split { !$0.isLetter }.map(String.init)
        guard let last = words.last, !fileWords.contains(last) else { return false }
        return !secretWords.isDisjoint(with: words) || words.suffix(2) == ["oauthbearer", "config"]
    }

    private static let secretWords: Set<String> = [
        "password", "passphrase", "secret", "key", "token", "jaas", "credential", "credentials",
    ]

    private static let fileWords: Set<String> = ["location", "keytab"]
}
