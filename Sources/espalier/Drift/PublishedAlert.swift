internal import JSON

/// A message of the alerts topic (`schemas/alert.schema.json`).
struct PublishedAlert: Equatable, Sendable {
    let message: JSONValue

    /// What makes two messages the same alert.
    struct Identity: Hashable {
        var rule: String
        var feature: String?
        var model: String?
        var partition: Int64?
    }

    init(_ message: JSONValue) { self.message = message }

    var rule: String { message["rule"]?.string ?? "" }
    /// Nil for an alert about the whole stream.
    var feature: String? { message["feature"]?.string }
    var identity: Identity {
        Identity(
            rule: rule, feature: feature, model: message["model"]?.string,
            partition: message["partition"]?.integer)
    }
    var signal: String { message["signal"]?.string ?? "" }
    var cause: String? { message["cause"]?.string }
    var isFiring: Bool { message["state"]?.string == "firing" }
    var isPage: Bool { message["severity"]?.string == "page" }
    /// Milliseconds of event time; nil for an alert about no window.
    var windowEnd: Int64? { message["window"]?["to"]?.integer }
    /// The silence or the maintenance that keeps it from being sent.
    var quietedBy: String? { message["quieted_by"]?.string }

    /// `rule`, `rule of feature`, `rule in partition 3`.
    var name: String {
        let subject = feature.map { "\(rule) of \($0)" } ?? rule
        return message["partition"]?.integer.map { "\(subject) in partition \($0)" } ?? subject
    }
}
