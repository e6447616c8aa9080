internal import Features
internal import Foundation
internal import JSON
internal import Kafka
internal import Model
internal import Project
internal import Training
internal import Worker

/// What a demo came to.
struct DemoSummary {
    /// A stretch of wall clock and what was done in it.
    struct Stretch {
        var events: UInt64 = 0
        var seconds = 0.0
        var latency = ServiceStatus([])

        var eventsPerSecond: Double { Double(events) / max(seconds, 1e-9) }
    }

    let project: ProjectFile
    let plan: FeaturePlan
    let settings: WorkerSettings
    var fullSpeed = Stretch()
    var steady = Stretch()
    private var status = ServiceStatus([])
    private var judged = ScoredLabels()
    private var artifact: ModelArtifact?
    private var predictions: [JSONValue] = []
    private var files: [String] = []

    init(project: ProjectFile, plan: FeaturePlan, settings: WorkerSettings) {
        self.project = project
        self.plan = plan
        self.settings = settings
    }

    private static let predictionsShown = 3
    private static let weightsShown = 8

    /// Takes what the workers left, reads predictions back from their topic, and writes the files.
    mutating func collect(_ workers: Workers, out folder: String) throws {
        status = workers.status
        let tasks = workers.tasks
        judged = tasks.first?.judged ?? ScoredLabels()
        predictions = try PublishedPredictions.highest(
            Self.predictionsShown, of: settings.predictionsTopic, project.clientProperties)
        guard let task = tasks.first(where: { $0.learner != nil }), let learner = task.learner
        else { return }
        let artifact = try learner.makeArtifact(
            name: project.name, layout: plan.layout, data: .init(examples: learner.learned),
            baseline: task.learnedBaseline)
        self.artifact = artifact
        let path = "\(folder)/model.json"
        try artifact.write(to: path)
        let projectPath = "\(folder)/project.yaml"
        try DemoProject.text(bootstrapServers: "localhost:9092")
            .write(toFile: projectPath, atomically: true, encoding: .utf8)
        files = [path, projectPath]
    }

    // MARK: Words

    func text(for terminal: Terminal) -> String {
        var text = "\n" + terminal.style("Scored and learned", .bold) + "\n"
        text += "  events          \(Numerals.grouped(status.events)) scored, "
        text += "\(Numerals.grouped(status.rejections.values.reduce(0, +))) rejected, "
        text += "\(Numerals.grouped(status.learned)) labels learned, "
        text += "\(Numerals.grouped(status.delivered)) messages delivered\n"
        let rate = Numerals.rate(fullSpeed.eventsPerSecond)
        text += "  at full speed   \(rate) events and their labels\n"
        text += "  latency         \(latencyText) (taken from Kafka → acknowledged by Kafka, "
        text += "at \(Numerals.rate(steady.eventsPerSecond)))\n"
        text += "  state           \(Numerals.grouped(status.entities)) entities, "
        text += "\(Numerals.bytes(status.stateBytes))\n"
        text += "  quality         AUC \(Numerals.fixed(judged.rocArea, 4)), "
        text += "average precision \(Numerals.fixed(judged.averagePrecision, 4)), "
        text += "log loss \(Numerals.fixed(judged.logLoss, 4)) "
        text += "(last \(Numerals.grouped(judged.count)) predictions, each before its label)\n"
        return text + modelText(terminal) + predictionText(terminal) + fileText(terminal)
    }

    private var latencyText: String {
        [("p50", 50.0), ("p99", 99), ("p99.9", 99.9)].map { name, percentile in
            "\(name) \(Numerals.fixed(steady.latency.latencyMillis(percentile), 1)) ms"
        }.joined(separator: ", ")
    }

    private func modelText(_ terminal: Terminal) -> String {
        guard let artifact else { return "" }
        let features = artifact.content.features
        let used = weights.count
        var text = terminal.style("\nModel", .bold) + " online-\(status.learned): "
        text += "\(used) of \(features.count) features weigh something\n"
        var table = Table([("feature", .left), ("weight", .right), ("", .left)])
        let largest = weights.map { abs($0.weight) }.max() ?? 1
        for (name, weight) in weights.prefix(Self.weightsShown) {
            let length = Int((abs(weight) / largest * 24).rounded())
            table.append([
                name, Numerals.signed(weight, 3),
                String(repeating: weight > 0 ? "+" : "-", count: length),
            ])
        }
        return text + table.text(for: terminal, indent: 2)
    }

    /// Heaviest first; of a category its heaviest bucket.
    private var weights: [(name: String, weight: Double)] {
        (artifact?.content.features ?? []).compactMap { feature in
            switch feature.weights {
            case .numeric(let weight, _): return weight == 0 ? nil : (feature.name, weight)
            case .category(_, let entries):
                let heaviest = entries.max { abs($0.weight) < abs($1.weight) }
                return heaviest.map { (feature.name, $0.weight) }
            }
        }.sorted { abs($0.weight) > abs($1.weight) }
    }

    private func predictionText(_ terminal: Terminal) -> String {
        guard !predictions.isEmpty else { return "" }
        var text =
            terminal.style("\nSome predictions", .bold)
            + " read back from \(settings.predictionsTopic)\n"
        for prediction in predictions {
            let id = prediction["id"]?.integer.map { "\($0)" } ?? "?"
            let score = Numerals.fixed(prediction["score"]?.double, 4)
            let reasons = (prediction["reasons"]?.array ?? []).map { reason in
                let contribution = reason["contribution"]?.double ?? 0
                return "\(reason["feature"]?.string ?? "?") \(Numerals.signed(contribution, 2))"
            }
            text += "  payment \(id): \(score) because \(reasons.joined(separator: ", "))\n"
        }
        return text
    }

    private func fileText(_ terminal: Terminal) -> String {
        guard !files.isEmpty else { return "" }
        return terminal.style("\nFiles", .bold) + "\n" + files.map { "  \($0)\n" }.joined()
    }

    // MARK: JSON

    var document: JSONValue {
        var document = JSONObject()
        let numbers: [(String, Double?)] = [
            ("events", Double(status.events)), ("delivered", Double(status.delivered)),
            ("learned", Double(status.learned)),
            ("eventsPerSecond", fullSpeed.eventsPerSecond),
            ("steadyEventsPerSecond", steady.eventsPerSecond),
            ("p50Millis", steady.latency.latencyMillis(50)),
            ("p99Millis", steady.latency.latencyMillis(99)),
            ("p999Millis", steady.latency.latencyMillis(99.9)),
            ("auc", judged.rocArea), ("averagePrecision", judged.averagePrecision),
            ("logLoss", judged.logLoss),
        ]
        for (name, value) in numbers { document.append(name, .optional(value)) }
        document.append(
            "weights", .object(JSONObject(sorting: weights.map { ($0.name, .optional($0.weight)) }))
        )
        document.append("predictions", .array(predictions))
        document.append("files", .array(files.map { .string($0) }))
        document.append("status", status.document)
        return .object(document)
    }
}
