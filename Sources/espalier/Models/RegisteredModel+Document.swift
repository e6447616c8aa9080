internal import JSON
internal import Registry

extension RegisteredModel {
    var document: JSONValue {
        .object([
            "name": .string(name),
            "aliases": .object(
                JSONObject(sorting: aliases.map { ($0, .integer(Int64($1))) })),
            "versions": .array(versions.reversed().map { .object($0.members(of: self)) }),
        ])
    }
}

extension RegisteredVersion {
    func members(of model: RegisteredModel) -> JSONObject {
        [
            "version": .integer(Int64(number)), "digest": .string(digest),
            "aliases": .array(model.aliases(of: number).map { .string($0) }),
            "registered": .string(CalendarTime(millis: attribution.timeMillis).rfc3339),
            "who": .string(attribution.who), "why": .string(attribution.why),
            "source": .string(registration.source),
            "bytes": .integer(Int64(registration.byteCount)),
            "approved": .array(approved.sorted().map { .string($0) }),
            "tags": .object(JSONObject(sorting: tags.map { ($0, .string($1)) })),
            "signedBy": .array(signatures.map { .string($0.key) }),
            "served": .array(model.served.filter { $0.version == number }.map(\.document)),
        ]
    }
}

extension ServedRange {
    fileprivate var document: JSONValue {
        .object([
            "service": .string(service), "topic": .string(topic),
            "partition": .integer(Int64(partition)), "from": .integer(from),
            "to": to.map { .integer($0) } ?? .null,
            "since": .string(CalendarTime(millis: fromMillis).rfc3339),
            "until": toMillis.map { .string(CalendarTime(millis: $0).rfc3339) } ?? .null,
        ])
    }
}
