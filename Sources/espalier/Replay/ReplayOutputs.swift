internal import Bytes
internal import Events
internal import Features
internal import JSON
internal import Pipeline
internal import Storage

/// What a replay writes: the messages that the service would publish, and the features.
struct ReplayOutputs: ~Copyable {
    private var predictions: FileWriter?
    private var statistics: FileWriter?
    private var drift: FileWriter?
    private var alertFile: FileWriter?
    private var features: FeatureFile?
    /// Spans of event time whose features are summarised; none unless they are set.
    var periods: [ProfiledPeriod] = []
    /// Numeric inputs of some events; none unless it is set.
    var sample: VectorSample?
    /// What features cost in some events; none unless it is set.
    var meter: FeatureMeter?
    private var metered = 0
    /// How steady features are; not told unless it is set.
    var steadiness: FeatureSteadiness?
    /// What the project's rules raised; none are raised unless the settings have someone watch.
    private(set) var alerts = RaisedAlerts()
    /// Every event's score; none unless it is set.
    var scores: [Float]?
    private var line = ByteWriter(reservingCapacity: 4_096)
    /// The first records turned away: `file:line: reason (field)`.
    private(set) var rejected: [String] = []

    private static let rejectedShownMax = 5
    /// Events of which one is metered.
    private static let meteredEvery = 256

    /// - Parameter isLabelled: whether events come with their labels, which the features' file then
    ///   has as well.
    init(
        _ destinations: ReplayDestinations = ReplayDestinations(), settings: PipelineSettings,
        isLabelled: Bool = false
    ) throws(Failure) {
        predictions = try Self.file(destinations.predictions)
        statistics = try Self.file(destinations.statistics)
        drift = try Self.file(destinations.drift)
        alertFile = try Self.file(destinations.alerts)
        features = try Self.featureFile(
            destinations.features, settings, isLabelled ? settings.labels : nil)
    }

    private static func file(_ path: String?) throws(Failure) -> FileWriter? {
        guard let path else { return nil }
        do throws(StorageError) { return try FileWriter(path: path) } catch { throw Failure(error) }
    }

    private static func featureFile(
        _ path: String?, _ settings: PipelineSettings, _ labels: LabelSettings?
    ) throws(Failure) -> FeatureFile? {
        guard let path else { return nil }
        return try FeatureFile(path: path, plan: settings.plan, labels: labels)
    }

    /// Takes what the step with a record has written.
    mutating func take(
        _ outbox: borrowing Outbox, of record: ReplayGroup.Record
    ) throws(Failure) {
        for message in outbox.messages {
            switch message.destination {
            case .predictions: try Self.append(message, of: outbox, by: &line, to: &predictions)
            case .features: try Self.append(message, of: outbox, by: &line, to: &statistics)
            case .drift, .alerts: continue
            case .deadLetters:
                guard rejected.count < Self.rejectedShownMax else { continue }
                let place = "\(record.file.path):\(record.line)"
                rejected.append("\(place): \(Self.reason(of: message, in: outbox))")
            }
        }
    }

    /// Takes what a look at windows and alerts has written.
    mutating func takeWatched(_ outbox: borrowing Outbox) throws(Failure) {
        for message in outbox.messages {
            switch message.destination {
            case .drift: try Self.append(message, of: outbox, by: &line, to: &drift)
            case .alerts:
                try Self.append(message, of: outbox, by: &line, to: &alertFile)
                alerts.take(try Self.alert(message, in: outbox))
            case .predictions, .features, .deadLetters: continue
            }
        }
    }

    private static func append(
        _ message: Outbox.Message, of outbox: borrowing Outbox, by line: inout ByteWriter,
        to file: inout FileWriter?
    ) throws(Failure) {
        guard file != nil else { return }
        line.removeAll()
        line.append(outbox.bytes(message.value))
        line.append(UInt8(ascii: "\n"))
        do throws(StorageError) { try file?.append(line) } catch { throw Failure(error) }
    }

    private static func alert(
        _ message: Outbox.Message, in outbox: borrowing Outbox
    ) throws(Failure) -> PublishedAlert {
        do throws(JSONParseError) {
            return PublishedAlert(try JSONValue(parsing: outbox.bytes(message.value)))
        } catch { throw Failure(.fault, "an alert is no JSON: \(error)") }
    }

    private static func reason(of message: Outbox.Message, in outbox: borrowing Outbox) -> String {
        func text(_ name: DeadLetterHeader) -> String? {
            guard
                let header = outbox.headers[message.headers].first(where: {
                    $0.name == name.rawValue
                })
            else { return nil }
            return unsafe outbox.bytes(header.value).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }
        let field = text(.field).map { " (\($0))" } ?? ""
        return (text(.reason) ?? "rejected") + field
    }

    mutating func takeFeatures(
        of pipeline: inout EventPipeline, timeMillis: Int64, label: Label?
    ) throws(Failure) {
        try features?.append(pipeline, timeMillis: timeMillis, label: label)
        measure(&pipeline)
        sample?.take(pipeline.vector)
        steadiness?.take(pipeline, timeMillis: timeMillis)
        scores?.append(Float(pipeline.score))
        for place in periods.indices { periods[place].take(pipeline, timeMillis: timeMillis) }
    }

    private mutating func measure(_ pipeline: inout EventPipeline) {
        guard var meter else { return }
        metered += 1
        guard metered % Self.meteredEvery == 0 else { return }
        // Held here alone while it changes.
        self.meter = nil
        pipeline.measureFeatures(into: &meter)
        self.meter = meter
    }

    mutating func finish() throws(Failure) {
        do throws(StorageError) {
            try predictions?.finish()
            try statistics?.finish()
            try drift?.finish()
            try alertFile?.finish()
        } catch { throw Failure(error) }
        try features?.finish()
    }
}
