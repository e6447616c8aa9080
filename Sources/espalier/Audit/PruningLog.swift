internal import Bytes
internal import Glibc
internal import JSON
internal import Storage

/// Where a feature stands on its way out; each step can be taken back.
enum PruningState: String, CaseIterable {
    case active
    /// The audit says that it could go; it is computed as before.
    case flagged
    /// No model may look at it, and nothing computes it unless another feature needs it.
    case quarantined
    /// As quarantined, and to be deleted from the project file.
    case removed

    /// Whether models may not look at it.
    var isMasked: Bool { self == .quarantined || self == .removed }
}

/// What was decided about a project's features, with the proofs: a JSON file beside the project
/// file, to be kept with it.
struct PruningLog {
    /// The last decision about a feature.
    struct Decision {
        var state: PruningState
        /// When it was taken, milliseconds since the Unix epoch.
        var millis: Int64
        var reason: String
        var proof: JSONValue?
    }

    private(set) var decisions: [String: Decision] = [:]
    let path: String

    private static let bytesMax = 64 << 20

    /// `payments.yaml` → `payments.pruning.json`
    static func path(beside project: String) -> String {
        let slash = project.lastIndex(of: "/")
        let dot = project.lastIndex(of: ".")
        guard let dot, slash.map({ $0 < dot }) ?? true else { return project + ".pruning.json" }
        return project[..<dot] + ".pruning.json"
    }

    /// Reads the log of a project; without a file nothing has been decided.
    init(beside project: String) throws(Failure) {
        path = Self.path(beside: project)
        guard unsafe access(path, F_OK) == 0 else { return }
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(path, bytesMax: Self.bytesMax)
        } catch { throw Failure(error) }
        guard let document = try? JSONValue(parsing: unsafe bytes.span.bytes),
            let features = document["features"]?.object
        else {
            throw Failure(
                .configuration, "\(path): found no decisions; expected {\"features\": {…}}")
        }
        for (name, entry) in zip(features.keys, features.values) {
            guard let state = entry["state"]?.string.flatMap(PruningState.init),
                let millis = entry["since"]?.double, abs(millis) < 1e15
            else {
                let states = PruningState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(
                    .configuration,
                    "\(path): feature \(name): found no decision; expected `state` (\(states)) "
                        + "and `since`")
            }
            decisions[name] = Decision(
                state: state, millis: Int64(millis), reason: entry["reason"]?.string ?? "",
                proof: entry["proof"])
        }
    }

    func state(of name: String) -> PruningState { decisions[name]?.state ?? .active }

    /// Features that no model may look at.
    var masked: Set<String> { Set(decisions.filter { $0.value.state.isMasked }.keys) }

    /// Takes a step; the proof of an earlier one is kept unless there is a newer one.
    mutating func decide(
        _ name: String, _ state: PruningState, at millis: Int64, reason: String,
        proof: JSONValue? = nil
    ) {
        let known = decisions[name]
        let kept = proof ?? known?.proof
        let since = known?.state == state ? known?.millis ?? millis : millis
        decisions[name] = Decision(state: state, millis: since, reason: reason, proof: kept)
    }

    func write() throws(Failure) {
        var features: JSONObject = [:]
        for (name, decision) in decisions.sorted(by: { $0.key < $1.key }) {
            features[name] = .object([
                "state": .string(decision.state.rawValue), "since": .integer(decision.millis),
                "reason": .string(decision.reason), "proof": decision.proof ?? .null,
            ])
        }
        var writer = ByteWriter()
        JSONValue.object(["features": .object(features)]).write(to: &writer, order: .canonical)
        writer.append("\n" as StaticString)
        do throws(StorageError) { try AtomicFile.write(writer.bytes, to: path) } catch {
            throw Failure(error)
        }
    }
}
