internal import JSON
internal import Registry

extension LogEntry {
    /// What was done, for people.
    var text: String {
        switch action {
        case .registered(let registration):
            let approved = registration.approved
            return "\(model)@\(registration.version) registered from \(registration.source)"
                + (approved.isEmpty ? "" : ", approved: \(approved.joined(separator: ", "))")
        case .pointed(let alias, let version): return "\(model)@\(alias) is now version \(version)"
        case .rolledBack(let alias, let version):
            return "\(model)@\(alias) rolled back to version \(version)"
        case .aliasRemoved(let alias): return "\(model)@\(alias) removed"
        case .tagged(let version, let key, let value):
            return value.isEmpty
                ? "\(model)@\(version): tag \(key) removed" : "\(model)@\(version): \(key)=\(value)"
        case .signed(let version, let signature):
            return "\(model)@\(version) signed by key \(signature.key.prefix(12))"
        case .served(let serving):
            let places = serving.positions.map { "\($0.topic)/\($0.partition)/\($0.offset)" }
            let from = places.prefix(3).joined(separator: ", ") + (places.count > 3 ? ", …" : "")
            return serving.version > 0
                ? "\(serving.service) scores with \(model)@\(serving.version) from \(from)"
                : "\(serving.service) no longer scores with \(model) from \(from)"
        case .approved(let version, let features):
            return "\(model)@\(version): approved \(features.joined(separator: ", "))"
        }
    }

    var document: JSONValue {
        var object: JSONObject = [
            "sequence": .integer(Int64(clamping: sequence)),
            "time": .string(CalendarTime(millis: attribution.timeMillis).rfc3339),
            "who": .string(attribution.who), "why": .string(attribution.why),
            "model": .string(model),
        ]
        action.describe(in: &object)
        return .object(object)
    }
}

extension LogEntry.Action {
    fileprivate func describe(in object: inout JSONObject) {
        func set(_ action: String, _ version: Int?) {
            object["action"] = .string(action)
            object["version"] = version.map { .integer(Int64($0)) }
        }
        switch self {
        case .registered(let registration):
            set("registered", registration.version)
            object["digest"] = .string(registration.digest)
            object["bytes"] = .integer(Int64(registration.byteCount))
            object["source"] = .string(registration.source)
            object["approved"] = .array(registration.approved.map { .string($0) })
        case .pointed(let alias, let version):
            set("pointed", version)
            object["alias"] = .string(alias)
        case .rolledBack(let alias, let version):
            set("rolled back", version)
            object["alias"] = .string(alias)
        case .aliasRemoved(let alias):
            set("alias removed", nil)
            object["alias"] = .string(alias)
        case .tagged(let version, let key, let value):
            set("tagged", version)
            object["key"] = .string(key)
            object["value"] = .string(value)
        case .signed(let version, let signature):
            set("signed", version)
            object["key"] = .string(signature.key)
            object["signature"] = .string(signature.hex)
        case .served(let serving):
            set("served", serving.version)
            object["service"] = .string(serving.service)
            object["from"] = .array(serving.positions.map(\.document))
        case .approved(let version, let features):
            set("approved", version)
            object["approved"] = .array(features.map { .string($0) })
        }
    }
}

extension SourceOffset {
    var document: JSONValue {
        .object([
            "topic": .string(topic), "partition": .integer(Int64(partition)),
            "offset": .integer(offset),
        ])
    }
}
