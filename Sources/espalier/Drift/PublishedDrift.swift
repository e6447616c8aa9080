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
    /// Of each task the message of its newest window of event time, the newest first.
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
        windows = try newest(topics.drift, properties).sorted {
            Self.end($1) < Self.end($0)
        }
        alerts = try last(topics.alerts, properties).map { PublishedAlert($0) }
            .filter(\.isFiring)
        guard let topic = topics.features else { return }
        features = try last(topic, properties).filter { $0["summary"] != nil }
    }

    private static func end(_ window: JSONValue) -> Int64 {
        window["window"]?["to"]?.integer ?? .min
    }

    /// Of messages about windows the newest of each task.
    private mutating func newest(
        _ topic: String, _ properties: ClientProperties
    ) throws -> [JSONValue] {
        var newest: [Int64?: JSONValue] = [:]
        try read(topic, properties) { _, document in
            let task = document["partition"]?.integer
            if let known = newest[task], Self.end(known) >= Self.end(document) { return }
            newest[task] = document
        }
        return Array(newest.values)
    }

    /// Of every key the last message, by key.
    private mutating func last(
        _ topic: String, _ properties: ClientProperties
    ) throws -> [JSONValue] {
        var last: [[UInt8]: JSONValue] = [:]
        try read(topic, properties) { key, document in last[key] = document }
        return last.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    /// Lends every message that is JSON, with its key.
    private mutating func read(
        _ topic: String, _ properties: ClientProperties,
        _ body: ([UInt8], JSONValue) -> Void
    ) throws {
        var unreadable = 0
        var scan = try TopicScan(topic, properties, within: Self.patience)
        try scan.forEach { _, batch, index throws(Failure) in
            guard let value = batch.payload(index), let document = try? JSONValue(parsing: value)
            else {
                unreadable += 1
                return
            }
            body(batch.key(index)?.copy ?? [], document)
        }
        self.unreadable += unreadable
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

    /// What a build should stop for: drift of what the model weighs, of the scores and of quality,
    /// and pages.
    var gateBreakers: [String] {
        let features = drifting.filter { $0["masked"]?.bool != true && $0["filling"]?.bool != true }
            .compactMap { $0["feature"]?.string }
        let scores = windows.contains { $0["scores"]?["verdict"]?.string == "drift" }
        let pages = alerts.filter { $0.isPage && $0.quietedBy == nil }.map(\.name)
        let quality = windows.contains { $0["quality_drift"]?["verdict"]?.string == "drift" }
        return features + (scores ? ["scores"] : []) + (quality ? ["quality"] : []) + pages
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
