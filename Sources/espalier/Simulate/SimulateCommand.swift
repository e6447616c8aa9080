internal import ArgumentParser
internal import Simulation

/// `espalier simulate`
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Make card payments, some of them fraudulent, and their labels.",
        discussion: paragraphs(
            """
            The same seed, settings and faults give the same bytes everywhere. Payments
            and labels go to topics (JSON, keyed by customer) or to files (NDJSON, or CSV
            for names in .csv; compressed for .gz and .zst).

            EXAMPLES
              espalier simulate --days 60 --out payments.ndjson.zst \\
                --labels-out labels.ndjson.zst
              espalier simulate --topic payments --labels-topic labels --rate 500
              espalier simulate --customers 100 --days 7 --out - --format csv
              espalier simulate --days 45 --out shifted.csv --fault corrupt~0.1% \\
                --fault 'shift:amount:+50@2018-05-01..2018-05-08'

            FAULTS are KIND[:ARGUMENT…][@FROM..TO][~SHARE%]:
              shift:FIELD:NUMBER    amount, customer_lat, … moved by a constant
              missing:FIELD         the field is left out
              unit[:FACTOR]         the amount multiplied, by 1000 unless told
              new-category:FIELD    a merchant_category, channel or device never seen
              duplicate:DURATION    the message again within this time
              late:DURATION         the message later by up to this time
              corrupt               the message cut short, or garbage
              rate:FACTOR           so many payments for each one
              label-delay:DURATION  labels later by this time
            FROM is included and TO is not; both are UTC and may be left out.
            """))

    @Option(help: ArgumentHelp("Send payments to this topic.", valueName: "topic"))
    var topic: String?
    @Option(help: ArgumentHelp("Send labels to this topic.", valueName: "topic"))
    var labelsTopic: String?
    @Option(help: ArgumentHelp("Partitions of topics that must be created.", valueName: "count"))
    var partitions: Int?
    @OptionGroup var kafka: KafkaOptions

    @Option(
        help: ArgumentHelp("Write payments to this file; - is standard output.", valueName: "file"))
    var out: String?
    @Option(help: ArgumentHelp("Write labels to this file.", valueName: "file"))
    var labelsOut: String?
    @Option(help: ArgumentHelp("Format of the files, instead of by name.", valueName: "ndjson|csv"))
    var format: RecordFormat?

    @Option(help: "Days to simulate.")
    var days = 30
    @Option(help: ArgumentHelp("The first day.", valueName: "date"))
    var start = CalendarTime(millis: SimulationSettings().startMillis)
    @Option(help: "Customers.") var customers = SimulationSettings().customers
    @Option(help: "Terminals.") var terminals = SimulationSettings().terminals
    @Option(help: "Seed of everything random.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Payments per second of wall clock.", valueName: "count"))
    var rate: Double?
    @Option(help: ArgumentHelp("From a payment to its label.", valueName: "time"))
    var labelDelay = EventDuration.week
    @Option(help: ArgumentHelp("Up to so much more, at random.", valueName: "time"))
    var labelSpread = EventDuration.none
    @Option(help: ArgumentHelp("Which payments get a label.", valueName: "every|fraud"))
    var labels = LabelChoice.every
    @Flag(help: "Let compromises begin before the first day: fraud at its usual rate at once.")
    var warm = false
    @Option(help: ArgumentHelp("Something that goes wrong; may be repeated.", valueName: "fault"))
    var fault: [String] = []

    @Flag(help: "Print the summary as JSON.") var json = false

    /// Which payments get a label.
    enum LabelChoice: String, CaseIterable, ExpressibleByArgument {
        case every, fraud
    }

    func validate() throws {
        guard (topic == nil) != (out == nil) else {
            throw ValidationError("expected either --topic or --out")
        }
        if topic == nil, labelsTopic != nil {
            throw ValidationError("--labels-topic needs --topic")
        }
        if out == nil, labelsOut != nil { throw ValidationError("--labels-out needs --out") }
        if out == "-", labelsOut == "-" {
            throw ValidationError("found - for both files; expected it once")
        }
        if let rate, !(rate > 0 && rate <= 1e9) {
            throw ValidationError("--rate: found \(rate); expected more than 0 a second")
        }
        guard days >= 1 else { throw ValidationError("--days: found \(days); expected 1 or more") }
        if let partitions, !(1...100_000).contains(partitions) {
            throw ValidationError("--partitions: found \(partitions); expected 1 to 100000")
        }
    }

    func run() throws {
        var faults: [Fault] = []
        for text in fault { faults.append(try FaultText.parse(text)) }
        let simulator = try PaymentSimulator(settings, seed: seed, faults: faults)
        Interruption.listen()
        var run = SimulationRun(rate: rate, millis: Int64(days) * EventDuration.dayMillis, settings)
        if let topic {
            let topics = [topic] + (labelsTopic.map { [$0] } ?? [])
            try kafka.ensureTopics(topics, partitions: partitions)
            let output = try TopicOutput(kafka.clientProperties(), waiting: kafka.wait())
            try run.write(
                simulator, to: PaymentTopics(output, payments: topic, labels: labelsTopic))
        } else {
            try run.write(
                simulator,
                to: PaymentFiles(payments: out ?? "-", labels: labelsOut, format: format))
        }
        let isData = out == "-" || labelsOut == "-"
        (isData ? Terminal.error : Terminal.output).write(json ? run.json : run.text)
        if Interruption.hasCome {
            throw Failure(.interrupted, "interrupted; what was made is whole")
        }
    }

    private var settings: SimulationSettings {
        var settings = SimulationSettings()
        settings.customers = customers
        settings.terminals = terminals
        settings.startMillis = start.millis
        settings.days = days
        settings.labelDelayMillis = labelDelay.millis
        settings.labelSpreadMillis = labelSpread.millis
        settings.labels = labels == .every ? .every : .fraudsOnly
        settings.startsWarm = warm
        return settings
    }
}
