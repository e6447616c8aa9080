internal import Bytes
internal import JSON
internal import Kafka
internal import Project

/// What a running service says of drift, as it stands in its topics.
struct PublishedDrift {
    /// Where it stands; nil where the project has none of it.
    struct Topics {
        var drift: String
        var alerts: String
        var features: String?
    }

    let project: String
    /// Messages of the newest window of event time; of several tasks one each.
    private(set) var windows: [JSONValue] = []
    /// The newest message of every alert that fires.
    private(set) var alerts: [PublishedAlert] = []
    /// The newest message of every feature, by name and partition.
    private(set) var features: [JSONValue] = []
    /// Messages that are no JSON.
    private(set) var unreadable = 0

    private static let patience = Duration.seconds(30)

    /// Reads what the service of a project has published.
    init(_ file: ProjectFile, only names: Set<String> = []) throws {
        guard file.watchSettings != nil else {
            throw Failure(
                .configuration,
                "found neither `drift` nor `alerts` in the project, so its service compares "
                    + "nothing; expected one of them, or --events")
        }
        let publishes = file.observation.isEnabled && file.observation.publishEveryMillis != nil
        try self.init(
            project: file.name,
            Topics(
                drift: file.topic(.drift), alerts: file.topic(.alerts),
                features: publishes ? file.topic(.features) : nil), file.clientProperties)
        if !names.isEmpty { try keep(names) }
    }

    init(project: String, _ topics: Topics, _ properties: ClientProperties) throws {
        self.project = project
        windows = Self.newest(try read(topics.drift, properties).map(\.document))
        alerts = Self.last(try read(topics.alerts, properties)).map { PublishedAlert($0) }
            .filter(\.isFiring)
        guard let topic = topics.features else { return }
        features = Self.last(try read(topic, properties)).filter { $0["summary"] != nil }
    }

    private mutating func read(
        _ topic: String, _ properties: ClientProperties
    ) throws -> [(key: [UInt8], document: JSONValue)] {
        var found: [(key: [UInt8], document: JSONValue)] = []
        var unreadable = 0
        var scan = try TopicScan(topic, properties, within: Self.patience)
        try scan.forEach { _, batch, index throws(Failure) in
            let text = String(decoding: batch.payload(index)?.copy ?? [], as: UTF8.self)
            guard let document = try? JSONValue(parsing: text) else {
                unreadable += 1
                return
            }
            found.append((batch.key(index)?.copy ?? [], document))
        }
        self.unreadable += unreadable
        return found
    }

    /// Of messages about windows those about the last one; a repeated one counts once.
    private static func newest(_ messages: [JSONValue]) -> [JSONValue] {
        let end = messages.compactMap { $0["window"]?["to"]?.integer }.max()
        var newest: [JSONValue] = []
        for message in messages where message["window"]?["to"]?.integer == end {
            if !newest.contains(message) { newest.append(message) }
        }
        return newest
    }

    /// Of every key the last message, by key.
    private static func last(_ messages: [(key: [UInt8], document: JSONValue)]) -> [JSONValue] {
        var last: [[UInt8]: JSONValue] = [:]
        for (key, document) in messages { last[key] = document }
        return last.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    private mutating func keep(_ names: Set<String>) throws(Failure) {
        let known = Set(features.compactMap { $0["feature"]?.string })
        if let unknown = names.sorted().first(where: { !known.contains($0) }), !known.isEmpty {
            throw Failure(
                .usage, "--feature: found `\(unknown)`; expected a feature that is published")
        }
        func isKept(_ document: JSONValue) -> Bool {
            document["feature"]?.string.map(names.contains) ?? false
        }
        features = features.filter(isKept)
        alerts = alerts.filter { isKept($0.message) }
        windows = windows.map { window in
            guard var object = window.object else { return window }
            object["features"] = .array((window["features"]?.array ?? []).filter(isKept))
            return .object(object)
        }
    }

    /// Features that drift in the newest window.
    var drifting: [JSONValue] {
        windows.flatMap { $0["features"]?.array ?? [] }.filter { $0["verdict"]?.string == "drift" }
    }

    /// What a build should stop for: drift of what the model weighs, of the scores, and pages.
    var gateBreakers: [String] {
        let features = drifting.filter { $0["masked"]?.bool != true }
            .compactMap { $0["feature"]?.string }
        let scores = windows.contains { $0["scores"]?["verdict"]?.string == "drift" }
        let pages = alerts.filter { $0.isPage && $0.quietedBy == nil }.map(\.name)
        return features + (scores ? ["scores"] : []) + pages
    }

    /// As `schemas/drift.schema.json`, `alert.schema.json` and `feature.schema.json` have them; of
    /// features without the packed summaries.
    var json: JSONValue {
        let features = features.map { feature in
            var object: JSONObject = [:]
            for (key, value) in zip(feature.object?.keys ?? [], feature.object?.values ?? [])
            where key != "summary" && key != "recent" {
                object[key] = value
            }
            return JSONValue.object(object)
        }
        return .object([
            "project": .string(project), "windows": .array(windows),
            "alerts": .array(alerts.map(\.message)), "features": .array(features),
        ])
    }
}
