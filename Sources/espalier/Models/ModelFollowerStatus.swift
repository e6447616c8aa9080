internal import JSON
internal import Model
internal import Registry

/// What a follower has done, as it is told with the service's status.
struct ModelFollowerStatus {
    let version: RegisteredVersion
    let switches: Int
    let refusals: Int
    let refusal: String?
    let warnings: [ScaleWarning]
    let writeFailure: String?

    init(_ state: borrowing ModelFollower.State) {
        version = state.scorer.version
        switches = state.switches
        refusals = state.refusals
        refusal = state.refusal
        warnings = state.warnings
        writeFailure = state.writeFailure
    }

    /// Part of a line for people.
    var text: String {
        var parts = ["model \(version.reference)"]
        if refusals > 0 { parts.append("\(refusals) refused") }
        if !warnings.isEmpty {
            parts.append("units? \(warnings.map(\.feature).joined(separator: ", "))")
        }
        return parts.joined(separator: " · ")
    }

    var document: JSONValue {
        .object([
            "version": .string(version.reference), "digest": .string(version.digest),
            "switches": .integer(Int64(switches)), "refusals": .integer(Int64(refusals)),
            "refusal": refusal.map { .string($0) } ?? .null,
            "writeFailure": writeFailure.map { .string($0) } ?? .null,
            "scaleWarnings": .array(warnings.map(document)),
        ])
    }

    private func document(_ warning: ScaleWarning) -> JSONValue {
        .object([
            "feature": .string(warning.feature), "factor": .optional(warning.factor),
            "mean": .optional(warning.live.mean), "scale": .optional(warning.live.scale),
            "trainedMean": .optional(warning.trained.mean),
            "trainedScale": .optional(warning.trained.scale),
        ])
    }
}
