internal import Bytes
internal import Features
internal import Foundation
internal import JSON
internal import Kafka
internal import Project
internal import Model
internal import Sketches
internal import Statistics
internal import Usage

/// What a running service has published of its features (`schemas/feature.schema.json`), all
/// partitions together.
struct PublishedFeatures {
    private(set) var features: [String: AuditMaterial.Feature] = [:]
    /// Of the scores' messages: the version that scores, what state holds, events.
    private(set) var model = ""
    private(set) var state: [StateCount] = []
    private(set) var events: UInt64 = 0
    /// Who has read which feature over the API.
    private var reads: [String: [String: ReadCounts]] = [:]
    /// Event time of the newest message, milliseconds since the Unix epoch.
    private var newestMillis = Int64.min
    private let sample: VectorSample?

    private static let patience = Duration.seconds(30)
    /// The newest predictions of each partition that are looked at for what features have in
    /// common.
    private static let predictionsMax: Int64 = 20_000
    private static let scoreName = "score"
    /// A consumer that has not read a feature for so long reads it no more.
    private static let readPatienceMillis: Int64 = 30 * 86_400_000

    /// Reads the topics of a project.
    init(_ file: ProjectFile) throws {
        guard file.observation.isEnabled, file.observation.publishEveryMillis != nil else {
            throw Failure(
                .configuration,
                "found `statistics` that are not published; expected them to be, or --events")
        }
        let plan = try file.plan()
        try self.init(
            file.topic(.features),
            predictions: file.output.hasFeatures ? file.topic(.predictions) : nil, of: plan,
            file.clientProperties)
    }

    /// - Parameter predictions: the topic whose messages carry features; nil for none.
    init(
        _ topic: String, predictions: String?, of plan: FeaturePlan,
        _ properties: ClientProperties
    ) throws {
        sample = try predictions.map { try Self.sample(of: $0, plan, properties) }
        var last: [[UInt8]: JSONValue] = [:]
        var scan = try TopicScan(topic, properties, within: Self.patience)
        try scan.forEach { _, batch, index throws(Failure) in
            guard let key = batch.key(index)?.copy, let value = batch.payload(index) else { return }
            guard let message = try? JSONValue(parsing: value) else {
                throw Failure(.data, "\(topic): offset \(batch.offset(index)) is no JSON")
            }
            last[key] = message["summary"] == nil ? nil : message
        }
        for message in last.values { try take(message, of: topic) }
        guard !features.isEmpty else {
            throw Failure(
                .data,
                "\(topic): found no feature yet; expected messages of a running service, or "
                    + "--events")
        }
    }

    /// Values of numeric inputs in the newest predictions.
    private static func sample(
        of topic: String, _ plan: FeaturePlan, _ properties: ClientProperties
    ) throws -> VectorSample {
        let names = plan.inputs.prefix(plan.space.numericCount)
        var sample = VectorSample(width: names.count)
        var scan = try TopicScan(
            topic, properties, within: patience, newest: predictionsMax)
        try scan.forEach { _, batch, index throws(Failure) in
            guard let value = batch.payload(index),
                let values = try? JSONValue(parsing: value)["features"]
            else { return }
            sample.take(names.map { values[$0]?.double ?? .nan })
        }
        return sample
    }

    /// As an audit needs it.
    ///
    /// - Parameter file: the project that the service runs.
    func material(of file: ProjectFile) throws(Failure) -> AuditMaterial {
        let plan = try file.plan()
        let known = Set(plan.features.map(\.name))
        let costs = plan.stateCosts
        let bytes = state.reduce(0) { total, count in
            guard let cost = costs.first(where: { $0.entity == count.entity }) else { return total }
            return total + count.entities * cost.entityBytes
                + count.retainedEvents * cost.eventBytes
        }
        let drifts = Self.drifts(of: file)
        return AuditMaterial(
            plan: plan,
            features: plan.features.compactMap { features[$0.name] }.filter {
                known.contains($0.name)
            }.map { feature in
                var feature = feature
                feature.drift = drifts[feature.name]
                feature.consumers = consumers(of: feature.name)
                return feature
            }, sample: sample, meter: nil, model: model, events: events, state: state,
            stateBytes: bytes)
    }

    /// Who has read a feature in the last 30 days of event time.
    private func consumers(of feature: String) -> [String] {
        (reads[feature] ?? [:]).filter {
            $0.value.lastMillis >= newestMillis - Self.readPatienceMillis
        }.keys.sorted()
    }

    /// How many times their threshold the features are that drift in the newest window which the
    /// service compared; empty where it compares none.
    private static func drifts(of file: ProjectFile) -> [String: Double] {
        // Before the service has compared anything there may be no topic.
        guard file.watchSettings != nil, let published = try? PublishedDrift(file) else {
            return [:]
        }
        var drifts: [String: Double] = [:]
        for feature in published.drifting {
            guard let name = feature["feature"]?.string,
                let first = feature["exceeds"]?.array?.first,
                let value = first["value"]?.double, let threshold = first["threshold"]?.double
            else { continue }
            drifts[name] = max(drifts[name] ?? 0, value / threshold)
        }
        return drifts
    }

    // MARK: One message

    private mutating func take(_ message: JSONValue, of topic: String) throws(Failure) {
        guard let name = message["feature"]?.string,
            let summary = try Self.summary(message["summary"], of: name, in: topic)
        else { throw Failure(.data, "\(topic): found a message without `feature`") }
        newestMillis = max(newestMillis, message["time"]?.integer ?? .min)
        for counts in message["reads"]?.array ?? [] { addReads(counts, of: name) }
        guard name != Self.scoreName else {
            model = message["model"]?.string ?? model
            events += summary.events
            for count in message["state"]?.array ?? [] { add(count) }
            return
        }
        let recent = try Self.summary(message["recent"], of: name, in: topic)
        var feature =
            features[name] ?? AuditMaterial.Feature(name: name, summary: summary, recent: recent)
        if features[name] != nil {
            feature.summary = try Self.merged(feature.summary, summary, of: name)
            if let known = feature.recent, let recent {
                feature.recent = try Self.merged(known, recent, of: name)
            } else if let recent {
                feature.recent = recent
            }
        }
        if let models = message["usage"]?.array {
            var usage = feature.usage ?? UsageCounts()
            for counts in models { usage.merge(UsageCounts(published: counts)) }
            feature.usage = usage
        }
        if message["weights"]?.integer ?? 0 > 0 { feature.isWeighed = true }
        features[name] = feature
    }

    private mutating func addReads(_ published: JSONValue, of feature: String) {
        guard let consumer = published["consumer"]?.string,
            let count = published["reads"]?.integer, let first = published["first"]?.integer,
            let last = published["last"]?.integer
        else { return }
        let counts = ReadCounts(
            reads: UInt64(clamping: count), firstMillis: first, lastMillis: last)
        if reads[feature]?[consumer]?.merge(counts) == nil {
            reads[feature, default: [:]][consumer] = counts
        }
    }

    private static func merged(
        _ known: FeatureSummary, _ other: FeatureSummary, of name: String
    ) throws(Failure) -> FeatureSummary {
        guard known.canMerge(other) else {
            throw Failure(.data, "\(name): found summaries of different sizes; expected equal ones")
        }
        var both = known
        both.merge(other)
        return both
    }

    private mutating func add(_ count: JSONValue) {
        let entity = count["entity"]?.string ?? ""
        let known = state.firstIndex { $0.entity == entity }
        let before = known.map { state.remove(at: $0) }
        state.append(
            StateCount(
                entity: entity,
                entities: (before?.entities ?? 0) + Int(count["entities"]?.integer ?? 0),
                retainedEvents: (before?.retainedEvents ?? 0)
                    + Int(count["retainedEvents"]?.integer ?? 0)))
    }

    private static func summary(
        _ text: JSONValue?, of name: String, in topic: String
    ) throws(Failure) -> FeatureSummary? {
        guard let text = text?.string else { return nil }
        guard let bytes = Data(base64Encoded: text).map(Array.init) else {
            throw Failure(.data, "\(topic): \(name): found a summary that is no base64")
        }
        do throws(FormatError) {
            var reader = ByteReader(unsafe bytes.span.bytes)
            return try FeatureSummary(from: &reader)
        } catch { throw Failure(.data, "\(topic): \(name): summary: \(error)") }
    }
}

extension UsageCounts {
    /// One entry of a message's `usage`.
    fileprivate init(published counts: JSONValue) {
        func count(_ name: String) -> UInt64 { UInt64(clamping: counts[name]?.integer ?? 0) }
        self.init(
            present: count("present"), weighed: count("weighed"),
            moved: counts["moved"]?.double ?? 0, topReasons: count("topReasons"),
            crossings: count("crossings"), firstUseMillis: counts["firstUse"]?.integer,
            lastUseMillis: counts["lastUse"]?.integer)
    }
}
