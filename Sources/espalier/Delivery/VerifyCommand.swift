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

            Where topics no longer reach back to that beginning, the newest snapshot whose state
            holds no event from --from on takes its place, from the project's directory of
            snapshots or their topic. If none does, the message says from where on there is one.
            The service keeps the two newest; keep copies of older ones and name their directory
            with --snapshots to verify older predictions.

            EXAMPLES
              espalier verify project.yaml
              espalier verify project.yaml --from 2018-05-01 --to 2018-05-02T12:00Z
              espalier verify project.yaml --from offset:120000 --to offset:130000 --json
              espalier verify project.yaml --from 2018-05-01 --snapshots /archive/2018-04-30
            """))

    @Argument(help: "The project file.") var project: String

    @Option(
        help: ArgumentHelp(
            "The first event time, or the first offset.", valueName: "time|offset:n"))
    var from: EventBound?

    @Option(
        help: ArgumentHelp(
            "The event time, or the offset, at which to end.", valueName: "time|offset:n"))
    var to: EventBound?

    @Option(
        help: ArgumentHelp(
            "The model artifact that the service was started with.", valueName: "file"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Where snapshots are, instead of the project's directory.", valueName: "directory"))
    var snapshots: String?

    @Flag(help: "Print as JSON.") var json = false

    private static let patience = Duration.seconds(30)

    func run() throws {
        let file = try ProjectFile.load(project)
        let service = try Rederivation(file, model: model, snapshots: snapshots, from: from)
        var report = VerifyReport(range: VerifiedRange(from: from, to: to))
        var progress = ProgressLine(unit: "records", isQuiet: json)
        let snapshots = try service.derive { receipt, _, _ in
            if report.range.contains(receipt) { report.receipts.expect(receipt) }
        } show: {
            progress.update(count: UInt64($0), fraction: nil)
        }
        report.snapshots = snapshots
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
