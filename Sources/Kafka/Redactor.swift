/// Takes secret values out of texts before anybody sees them.
struct Redactor: Sendable {
    static let mark = "[redacted]"

    /// Longest first, so that a secret within another leaves no rest.
    private var secrets: [String] = []

    mutating func add(_ secret: String) {
        guard !secret.isEmpty, !secrets.contains(secret) else { return }
        secrets.append(secret)
        secrets.sort { $0.utf8.count > $1.utf8.count }
    }

    func scrub(_ text: String) -> String {
        var result = text
        for secret in secrets where result.contains(secret) {
            result = result.replacing(secret, with: Self.mark)
        }
        return result
    }

    /// Whether a property of this name holds a secret, by the words its name is made of.
    static func isSecret(propertyNamed name: String) -> Bool {
        let lowercase = name.lowercased()
        return secretWords.contains { lowercase.contains($0) }
    }

    private static let secretWords = [
        "password", "passphrase", "secret", "key", "token", "jaas", "credential",
        "oauthbearer.config",
    ]
}
