internal import ArgumentParser
internal import Bytes
internal import Features
internal import JSON
internal import Kafka
internal import Model
internal import Pipeline
internal import Project
internal import Registry
internal import Worker

/// `espalier verify`
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Derive published predictions again from the log, and compare them bit for bit.",
        discussion: paragraphs(
            """
            Steps every batch of the journal again, from the beginning or the last reset, and
            compares key, value, headers and time of each prediction with what stands in the
            topic. Changes nothing, and may run beside the service. Ends with 1 if a prediction
            differs, is missing, or belongs to no batch.

            EXAMPLES
              espalier verify project.yaml
              espalier verify project.yaml --from 2018-05-01 --to 2018-05-02T12:00Z
              espalier verify project.yaml --from offset:120000 --to offset:130000 --json
            """))

    @Argument(help: "The project file.") var project: String

    @Option(
        help: ArgumentHelp(
            "The first event time, or the first offset.", valueName: "time|offset:n"))
    var from: VerifiedRange.Bound?

    @Option(
        help: ArgumentHelp(
            "The event time, or the offset, at which to end.", valueName: "time|offset:n"))
    var to: VerifiedRange.Bound?

    @Option(
        help: ArgumentHelp(
            "The model artifact that the service was started with.", valueName: "file"))
    var model: String?

    @Flag(help: "Print as JSON.") var json = false

    private static let patience = Duration.seconds(30)

    func run() throws {
        let file = try ProjectFile.load(project)
        let service = try Rederivation(file, model: model)
        var report = VerifyReport(range: VerifiedRange(from: from, to: to))
        var progress = ProgressLine(unit: "records", isQuiet: json)
        try service.derive { receipt, _, _ in
            if report.range.contains(receipt) { report.receipts.expect(receipt) }
        } show: {
            progress.update(count: UInt64($0), fraction: nil)
        }
        try readTopic(file, &report)
        progress.clear()
        if let place = report.receipts.firstDifference {
            report.difference = try difference(at: place, service, file)
        }
        Terminal.output.write(json ? report.document.line : report.text)
        guard report.isGood else { throw Failure(.gate, "verify: \(report.summary)") }
    }

    private func readTopic(_ file: ProjectFile, _ report: inout VerifyReport) throws {
        var scan = try TopicScan(
            file.topic(.predictions), file.clientProperties, within: Self.patience)
        report.isTopicWhole = scan.held.values.allSatisfy { $0.lowerBound == 0 }
        try scan.forEach { _, batch, index throws(Failure) in
            guard let receipt = Receipt(batch, index), report.range.contains(receipt) else {
                return
            }
            report.receipts.compare(receipt)
        }
    }

    /// Both messages, the derived one with its features.
    private func difference(
        at place: EventPlace, _ service: Rederivation, _ file: ProjectFile
    ) throws -> VerifyReport.Difference {
        var difference = VerifyReport.Difference(place: place, published: "", derived: "")
        var scan = try TopicScan(
            file.topic(.predictions), file.clientProperties, within: Self.patience)
        var published: [(text: String, digest: UInt64)] = []
        try scan.forEach { _, batch, index throws(Failure) in
            guard let receipt = Receipt(batch, index), receipt.place == place,
                let value = batch.payload(index)
            else { return }
            published.append((String(decoding: value.copy, as: UTF8.self), receipt.digest))
        }
        try service.derive { receipt, message, outbox in
            guard receipt.place == place else { return }
            let wrong = published.first { $0.digest != receipt.digest }
            difference.published = wrong?.text ?? published.first?.text ?? ""
            difference.derived = String(
                decoding: outbox.bytes(message.value).copy, as: UTF8.self)
        } show: { _ in
        }
        try service.withFeatures.derive { receipt, message, outbox in
            guard receipt.place == place else { return }
            let value = outbox.bytes(message.value).copy
            difference.features = try? JSONValue(parsing: String(decoding: value, as: UTF8.self))[
                "features"]
        } show: { _ in
        }
        return difference
    }
}

/// A service's predictions, derived again from the log.
struct Rederivation {
    private let settings: WorkerSettings
    private var pipeline: PipelineSettings

    init(_ project: ProjectFile, model: String?) throws {
        let plan = try project.plan()
        let project = try MemoryBudget.ofService(project, plan)?.bounded() ?? project
        pipeline = try project.servingSettings(plan, model: model)
        // Neither has a part in predictions.
        pipeline.observation = nil
        var settings = project.workerSettings(plan)
        if model == nil, let registry = project.model.registry {
            let source = try FollowedAlias(registry, of: project, for: plan)
            let scorer = try source.loadNewest(of: source.registry.read()).scorer
            settings.models = source.slot(beginningWith: scorer.model)
        }
        self.settings = settings
    }

    /// The same, with the values of all features in each message.
    var withFeatures: Rederivation {
        var other = self
        other.pipeline.publishesFeatures = true
        return other
    }

    /// Derives every prediction of every task.
    ///
    /// - Parameter show: gets how many records were stepped through.
    func derive(
        _ body: (Receipt, Outbox.Message, borrowing Outbox) -> Void,
        show: (Int) -> Void
    ) throws {
        var replay = try JournalReplay(settings, pipeline: pipeline)
        var before = 0
        for (number, partitions) in try replay.tasks().sorted(by: { $0.key < $1.key }) {
            var records = 0
            try replay.run(number, over: partitions) { outbox, stepped in
                records = stepped
                for message in outbox.messages where message.destination == .predictions {
                    guard let receipt = Receipt(message, of: outbox) else { continue }
                    body(receipt, message, outbox)
                }
                show(before + records)
            }
            before += records
        }
    }
}
