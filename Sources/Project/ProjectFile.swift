internal import Events
public import Features

/// A project as its file tells it: everything a user can say, read and checked.
///
/// `schemas/project.schema.json` describes the file. Defaults are filled in here.
public struct ProjectFile: Sendable {
    /// The prefix of the project's topics.
    public let name: String
    /// librdkafka's properties, verbatim, in the order of the file.
    public let kafka: [KafkaProperty]
    public let events: EventSource
    public let labels: LabelSource?
    /// In the order of the file.
    public let features: [FeatureDefinition]
    /// What is asked of single features' weights; those without a wish are absent.
    public let rules: [String: FeatureRule]
    public let model: ModelSettings
    public var limits: ProjectLimits
    public let output: OutputSettings
    public let observation: ObservationSection
    /// Nil where windows are not compared.
    public let drift: DriftSettings?
    /// Nil where nobody is told of anything.
    public let alerts: AlertSettings?
    public let delivery: DeliverySettings
    public let pruning: PruningSettings

    /// Where the file is, as it was asked for; nil for one that was not read from a file.
    public var path: String?
    /// Features that no model may look at, whatever the file says: those in quarantine.
    public var masked: Set<String> = []

    /// Keys of the whole file.
    enum Key: String, CaseIterable {
        case project, kafka, events, labels, features, model, limits, statistics, output, drift
        case alerts, delivery, pruning
    }

    /// Reads and checks a file's bytes.
    ///
    /// - Throws: every fault of the file, with line and column, to a bounded number.
    public init(_ source: [UInt8]) throws(ProjectErrors) {
        var problems = Problems()
        guard let document = YAMLDocument(source, &problems),
            let file = Section<Key>(document.root, "the project file", &problems)
        else { throw problems.inOrder }
        var reader = ProjectReader(document: document, problems: problems)
        let project = reader.project(file)
        guard reader.problems.isEmpty, let project else { throw reader.problems.inOrder }
        self = project
    }

    init(
        name: String, kafka: [KafkaProperty], events: EventSource, labels: LabelSource?,
        features: [FeatureDefinition], rules: [String: FeatureRule], model: ModelSettings,
        limits: ProjectLimits, observation: ObservationSection, output: OutputSettings,
        drift: DriftSettings?, alerts: AlertSettings?, delivery: DeliverySettings,
        pruning: PruningSettings
    ) {
        self.name = name
        self.kafka = kafka
        self.events = events
        self.labels = labels
        self.features = features
        self.rules = rules
        self.model = model
        self.limits = limits
        self.observation = observation
        self.output = output
        self.drift = drift
        self.alerts = alerts
        self.delivery = delivery
        self.pruning = pruning
    }
}

/// One property of librdkafka. A value may refer to a secret and is never shown in an error.
public struct KafkaProperty: Equatable, Sendable {
    public let name: String
    public let value: String
}

/// Reads the sections of a file, each with what it needs of those before it.
struct ProjectReader {
    static let featuresMax = 10_000

    let document: YAMLDocument
    var problems: Problems

    mutating func project(_ file: Section<ProjectFile.Key>) -> ProjectFile? {
        let name = file.required(
            .project, "the project's name, the prefix of its topics", &problems)?
            .topic(&problems)
        let kafka = file[.kafka].map { properties($0) } ?? []
        let events = file.required(.events, "the topic of the events and their fields", &problems)
            .flatMap { EventSource($0, &problems) }
        let labels = file[.labels].flatMap { LabelSource($0, events: events, &problems) }
        let declared =
            file.required(.features, "at least one feature", &problems)
            .map { features($0, file: file) } ?? []
        var texts: Set<String> = []
        if let events {
            var checks = FeatureChecks(
                fields: events.schema.fields, declared: declared, hasLabels: file[.labels] != nil,
                text: document.text)
            checks.check(&problems)
            texts = checks.textFeatures
        }
        let model = ModelSettings(
            file[.model], project: name ?? "", features: declared.map(\.definition.name),
            texts: texts,
            hasLabels: file[.labels] != nil, &problems)
        let limits = ProjectLimits(file[.limits], &problems)
        let observation = ObservationSection(file[.statistics], events: events, &problems)
        let output = OutputSettings(file[.output], project: name ?? "", &problems)
        let statistics = observation.isEnabled ? observation.statistics : nil
        let drift = file[.drift].map {
            DriftSettings(
                $0, features: declared.map(\.definition.name), statistics: statistics,
                learns: model.learning.isEnabled, &problems)
        }
        let alerts = file[.alerts].map {
            AlertSettings($0, features: declared.map(\.definition.name), &problems)
        }
        // Alerts alone watch with the defaults of drift.
        if drift == nil, let place = file[.alerts]?.position {
            DriftSettings().checkWindows(of: statistics, at: place, &problems)
        }
        let delivery = DeliverySettings(file[.delivery], &problems)
        let pruning = PruningSettings(file[.pruning], &problems)
        guard problems.isEmpty, let name, var events else { return nil }
        let definitions = declared.map(\.definition)
        events.require(entitiesOf: definitions)
        checkPlan(events, declared, model, file)
        return ProjectFile(
            name: name, kafka: kafka, events: events, labels: labels, features: definitions,
            rules: rules(declared), model: model, limits: limits, observation: observation,
            output: output, drift: drift, alerts: alerts, delivery: delivery, pruning: pruning)
    }

    private func rules(_ declared: [DeclaredFeature]) -> [String: FeatureRule] {
        let asked = declared.filter { $0.rule != FeatureRule() }
        return Dictionary(
            asked.map { ($0.definition.name, $0.rule) }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func properties(_ node: YAMLNode) -> [KafkaProperty] {
        guard case .map(let entries) = node.content else {
            problems.add(
                at: node.position, found: node.description,
                expected: "a map of librdkafka properties, such as `bootstrap.servers`")
            return []
        }
        return entries.compactMap { entry in
            guard let value = entry.value.scalar else {
                problems.add(
                    at: entry.value.position, found: entry.value.description,
                    expected: "the property's value")
                return nil
            }
            return KafkaProperty(name: entry.key, value: value)
        }
    }

    private mutating func features(
        _ node: YAMLNode, file: Section<ProjectFile.Key>
    ) -> [DeclaredFeature] {
        guard case .map(let entries) = node.content, (1...Self.featuresMax).contains(entries.count)
        else {
            problems.add(
                at: node.position, found: node.description,
                expected: "a map of 1 to \(Self.featuresMax) features by name (featuresMax)")
            return []
        }
        let bits = ModelSettings.defaultBits(file[.model])
        return entries.compactMap { DeclaredFeature($0, defaultBits: bits, &problems) }
    }

    /// What the feature plan refuses and the checks above have let pass, such as a model too wide.
    private mutating func checkPlan(
        _ events: EventSource, _ declared: [DeclaredFeature], _ model: ModelSettings,
        _ file: Section<ProjectFile.Key>
    ) {
        do throws(FeatureError) {
            _ = try FeaturePlan(
                schema: events.schema, definitions: declared.map(\.definition),
                inputs: model.features)
        } catch {
            problems.add(
                at: file.keyPosition(.features), found: "features that do not fit: \(error)",
                expected: "features that can be computed")
        }
    }
}
