public import Features
public import JSON
public import Pipeline
public import Worker

/// What a running service shows. Everything but the answer to a question is a finished value that
/// somebody has published; nothing here holds up the workers.
public protocol ServiceView: Sendable {
    /// The project's features; all questions are about these.
    var plan: FeaturePlan { get }
    /// What the service is at, and whether it has the state that answers need.
    var phase: (name: String, isReady: Bool) { get }
    /// `GET /v1/status`.
    var status: JSONValue { get }
    /// `GET /v1/features`.
    var catalogue: JSONValue { get }
    /// `GET /metrics`.
    var metrics: [Metric] { get }

    /// Asks the workers; comes back within a few seconds, whatever they are at.
    func answer(_ query: FeatureQuery) async -> LookupReply
}
