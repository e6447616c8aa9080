internal import ArgumentParser
internal import Features
internal import HTTP
internal import JSON
internal import Model
internal import Kafka
internal import Pipeline
internal import Project
internal import Training
internal import Webhooks
internal import Worker

/// The service: events in, predictions out, until it is told to stop.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Score a project's events as they arrive and learn from its labels.",
        discussion: paragraphs(
            """
            Reads the project's topics as a member of a consumer group, publishes predictions and
            dead letters, and commits what was delivered. SIGTERM and SIGINT end it in good order:
            the batch is finished, delivered and committed; a second signal ends it at once. A
            restart has its state back from the newest snapshot and the journal, without repeating
            what was published. With `model.registry` in the project file it scores with
            the registry's champion and follows it: a promoted version scores within a second,
            between two batches; a version that is refused changes nothing but a counter.

            EXAMPLES
              espalier run project.yaml
              espalier run project.yaml --workers 4
              espalier run project.yaml --instance $(hostname)
              espalier run project.yaml --model model.json   a fixed model, never learning
              espalier run project.yaml --json | jq .p99Millis
              espalier run project.yaml --http 8080
              curl 'localhost:8080/v1/lookup?consumer=me&customer_id=12&features=customer_mean_7d'
            """))

    @Argument(help: "The project file.")
    var project: String

    @Option(help: "Worker threads; each is a member of the consumer group.")
    var workers = 1

    @Option(
        help: ArgumentHelp(
            """
            Score with this artifact and learn nothing; otherwise `model.path` if the project does \
            not learn.
            """,
            valueName: "path"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            """
            Write what was learned here at the end, instead of to `model.path`. Where each \
            partition learns by itself, each writes its own: model.json becomes model.0.json, \
            model.1.json and so on.
            """, valueName: "path"))
    var modelOut: String?

    @Option(
        help: ArgumentHelp(
            """
            A name that no other running instance has and that stays the same over restarts: a \
            restart within `session.timeout.ms` gets its partitions back at once, even after a \
            crash, and ends what a transaction left open. Without one, an instance that crashed is \
            waited for.
            """,
            valueName: "name"))
    var instance: String?

    @OptionGroup var address: HTTPOptions

    @Option(help: "Say how it goes every so often.")
    var every = EventDuration(millis: 10_000)

    @Flag(help: "One JSON object a line instead of words.")
    var json = false

    func validate() throws {
        guard (1...256).contains(workers) else {
            throw ValidationError("--workers: found \(workers); expected 1…256")
        }
    }

    func run() throws {
        var project = try ProjectFile.load(project)
        let plan = try project.plan()
        let budget = try MemoryBudget.ofService(project, plan, workers: workers)
        if let budget { project = try budget.bounded() }
        var pipeline = try project.servingSettings(plan, model: model)
        pipeline.watch = project.watchSettings
        if modelOut ?? project.model.path != nil {
            pipeline.learnedWindowMillis = project.driftWindowMillis
        }
        var settings = project.workerSettings(plan, instance: instance)
        let follower = try model == nil ? follower(of: project, plan) : nil
        if follower == nil { try project.checkBaseline(of: pipeline) }
        settings.models = follower?.slot
        budget?.bound(&settings)
        let sender = project.watch(with: &settings)
        defer { sender?.stop() }
        try ensureTopics(of: project, settings)
        Interruption.listen()
        let running = Workers(count: workers, settings, pipeline: pipeline) { line in
            Terminal.error.write("kafka: \(line)\n")
        }
        let board = ServiceBoard(project, plan, running, sender)
        do {
            follower?.start()
            defer { follower?.finish() }
            let server = try serve(board, stopping: running)
            report(running, follower, board)
            server?.stop()
            try running.finish()
        }
        if let path = modelOut ?? project.model.path {
            try KeptModels(path, of: running, settings).write(name: project.name, plan.layout)
        }
    }

    /// Without an address to answer on, the service ends.
    private func serve(
        _ board: ServiceBoard, stopping running: Workers
    ) throws(Failure) -> ServiceServer? {
        do throws(Failure) { return try address.serve(board) } catch {
            try? running.finish()
            throw error
        }
    }

    /// Says how it goes until it ends or is interrupted.
    private func report(
        _ running: Workers, _ follower: ModelFollower?, _ board: ServiceBoard
    ) {
        var events: UInt64 = 0
        running.requestReports()
        var watch = Stopwatch()
        var told: Set<String> = []
        while !Interruption.hasCome, !running.haveEnded {
            let interval = Double(every.millis) / 1_000
            while watch.seconds < interval, !Interruption.hasCome, !running.haveEnded {
                Pace.sleep(0.1)
                board.expireQuestions()
            }
            for complaint in running.snapshotComplaints where told.insert(complaint).inserted {
                Terminal.error.write("\(complaint)\n")
            }
            let status = board.serviceStatus
            let quality = Quality(running.tasks)
            running.requestReports()
            let rate = Double(status.events - min(events, status.events)) / watch.seconds
            board.publish(
                ServiceBoard.Findings(
                    eventsPerSecond: rate, quality: quality, model: follower?.status))
            if json {
                Terminal.output.write(board.status.line)
            } else {
                let text = [
                    status.text(eventsPerSecond: rate), quality.text, follower?.status.text,
                ].compactMap(\.self)
                Terminal.output.write(text.joined(separator: " · ") + "\n")
            }
            events = status.events
            watch = Stopwatch()
        }
    }

    /// Output topics are created where they are missing, as many partitions as events have.
    private func ensureTopics(of project: ProjectFile, _ settings: WorkerSettings) throws {
        let admin = try Admin(project.clientProperties)
        try admin.connect(within: settings.connectPatience)
        let wait = settings.connectPatience
        let events = try admin.describe(settings.eventsTopic, within: wait)
        try admin.createMissing(
            settings.outputTopics(partitions: events.partitions.count), within: wait)
    }

    /// Follows the registry that the project names.
    private func follower(
        of project: ProjectFile, _ plan: FeaturePlan
    ) throws -> ModelFollower? {
        guard let registry = project.model.registry else { return nil }
        return try ModelFollower(
            FollowedAlias(registry, of: project, for: plan),
            service: project.workerSettings(plan).consumer.value(of: "group.id") ?? project.name
        ) { line in Terminal.error.write("model: \(line)\n") }
    }
}
