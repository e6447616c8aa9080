internal import ArgumentParser
internal import Features
internal import Foundation
internal import HTTP
internal import Kafka
internal import Pipeline
internal import Project
internal import Worker

/// The whole product in a minute: broker, payments, scores, labels, learning.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "Score simulated card payments on an embedded broker and learn from their labels.",
        discussion: paragraphs(
            """
            Nothing needs to be installed or running. Payments stream into a broker inside this
            process, first as fast as they can be scored, then at a steady rate to measure latency;
            labels follow seven days of event time later. Ends by itself with a summary.

            EXAMPLES
              espalier demo
              espalier demo --duration 10s --rate 2000 --seed 3
              espalier demo --keep-running   then kcat -b … -t card-fraud.predictions
              espalier demo --keep-running --http 8080   then look at http://localhost:8080/
            """))

    @Option(help: "How long payments stream at full speed.")
    var duration = EventDuration(millis: 25_000)

    @Option(help: "Payments per second while latency is measured, for ten seconds.")
    var rate = 5_000.0

    @Option(help: "The same seed gives the same payments.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Where the model and the project file go.", valueName: "folder"))
    var out = FileManager.default.temporaryDirectory.appendingPathComponent("espalier-demo").path

    @Flag(help: "Go on at the steady rate until interrupted.")
    var keepRunning = false

    @OptionGroup var address: HTTPOptions

    @Flag(help: "The summary as JSON.")
    var json = false

    private static let steadySeconds = 10.0

    func validate() throws {
        guard rate > 0, rate <= 1e6 else {
            throw ValidationError("--rate: found \(rate); expected a number above 0, to 1,000,000")
        }
    }

    func run() throws {
        Interruption.listen()
        let broker = try EmbeddedBroker()
        let project = try DemoProject.load(bootstrapServers: broker.bootstrapServers)
        let plan = try project.plan()
        let settings = project.workerSettings(plan)
        try broker.createTopics(settings, partitions: DemoProject.topicPartitions)
        let inputs = settings.labelsTopic.map { "\(settings.eventsTopic), \($0)" }
        say(
            "broker \(broker.bootstrapServers) · \(plan.features.count) features · "
                + "\(inputs ?? settings.eventsTopic) → \(settings.predictionsTopic)")

        var pipeline = try project.pipelineSettings(plan, scorer: nil)
        pipeline.learnedWindowMillis = project.driftWindowMillis
        let workers = Workers(count: 1, settings, pipeline: pipeline) { _ in }
        let board = ServiceBoard(project, plan, workers, nil)
        let server = try address.serve(board)
        defer { server?.stop() }
        let feed = DemoFeed(
            project.clientProperties, payments: settings.eventsTopic,
            labels: settings.labelsTopic ?? "", seed: seed)
        var summary = DemoSummary(project: project, plan: plan, settings: settings)
        summary.fullSpeed = try watch(
            workers, feed, board, for: Double(duration.millis) / 1_000)
        feed.change(to: .paced(rate))
        _ = try watch(workers, feed, board, for: 2)
        for control in workers.controls { control.resetLatency() }
        summary.steady = try watch(
            workers, feed, board, for: keepRunning ? .infinity : Self.steadySeconds)
        try feed.finish()
        try drain(workers, feed)
        try workers.finish()
        try summary.collect(workers, out: out)
        if json {
            Terminal.output.write(summary.document.line)
        } else {
            Terminal.output.write(summary.text(for: .output))
        }
    }

    /// Shows how it goes for so many seconds, and tells what was done in them.
    private func watch(
        _ workers: Workers, _ feed: DemoFeed, _ board: ServiceBoard, for seconds: Double
    ) throws -> DemoSummary.Stretch {
        let start = workers.status
        let watch = Stopwatch()
        var shown = 0.0
        var last = (events: start.events, seconds: 0.0)
        while watch.seconds < seconds, !Interruption.hasCome {
            let status = workers.status
            feed.note(used: status.records)
            if let failure = workers.failure ?? feed.failure { throw failure }
            if watch.seconds - shown >= 1 {
                shown = watch.seconds
                let rate = Double(status.events - last.events) / (watch.seconds - last.seconds)
                last = (status.events, watch.seconds)
                say(status.text(eventsPerSecond: rate))
                if address.http != nil { show(rate, workers, on: board) }
            }
            Pace.sleep(0.002)
        }
        let end = workers.status
        return DemoSummary.Stretch(
            events: end.events - start.events, seconds: watch.seconds, latency: end)
    }

    private func show(_ rate: Double, _ workers: Workers, on board: ServiceBoard) {
        board.publish(
            ServiceBoard.Findings(eventsPerSecond: rate, quality: Quality(workers.tasks)))
        board.expireQuestions()
        workers.requestReports()
    }

    /// Lets the workers use what was sent.
    private func drain(_ workers: Workers, _ feed: DemoFeed) throws {
        let watch = Stopwatch()
        while workers.status.records < feed.sentCount, watch.seconds < 30 {
            if let failure = workers.failure { throw failure }
            Pace.sleep(0.01)
        }
    }

    private func say(_ text: String) {
        Terminal.error.write(Terminal.error.style(text, .dim) + "\n")
    }
}
