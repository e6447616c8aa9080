public import ArgumentParser
public import Events

/// `espalier produce`
struct ProduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce",
        abstract: "Send the records of a file to a topic.",
        discussion: paragraphs(
            """
            NDJSON, or CSV for names in .csv; .gz and .zst are unpacked, - is standard
            input. A CSV row becomes a JSON object: texts that are JSON numbers stay
            numbers, empty fields are left out. The record's key is the text of --key,
            its timestamp the time of --time. Equal keys go to the same partition, the
            one that Java clients choose.

            EXAMPLES
              espalier produce payments.ndjson --topic payments --key customer_id \\
                --time timestamp
              espalier produce payments.csv.gz --topic payments --key customer_id \\
                --strings terminal_id --partitions 6
              zcat log.gz | espalier produce - --topic clicks --key user.id \\
                --time at --time-unit rfc3339 --rate 2000
            """))

    @Argument(help: "The file; - is standard input.") var file: String
    @Option(help: ArgumentHelp("The topic.", valueName: "topic")) var topic: String
    @Option(help: ArgumentHelp("The field whose text is the key.", valueName: "field"))
    var key: String
    @Option(help: ArgumentHelp("The field that is the record's timestamp.", valueName: "field"))
    var time: String?
    @Option(help: ArgumentHelp("Unit or form of the time.", valueName: "s|ms|us|ns|rfc3339"))
    var timeUnit = TimeUnit.ms
    @Option(help: ArgumentHelp("Columns of CSV that stay strings.", valueName: "field"))
    var strings: [String] = []
    @Option(help: ArgumentHelp("Format of the file, instead of by name.", valueName: "ndjson|csv"))
    var format: RecordFormat?
    @Option(help: ArgumentHelp("Records per second of wall clock.", valueName: "count"))
    var rate: Double?
    @Option(help: ArgumentHelp("Partitions of a topic that must be created.", valueName: "count"))
    var partitions: Int?
    @Flag(help: "Leave out records that cannot be read, and count them, instead of stopping.")
    var skipInvalid = false
    @OptionGroup var kafka: KafkaOptions
    @Flag(help: "Print the summary as JSON.") var json = false

    func validate() throws {
        if let rate, !(rate > 0 && rate <= 1e9) {
            throw ValidationError("--rate: found \(rate); expected more than 0 a second")
        }
        if let partitions, !(1...100_000).contains(partitions) {
            throw ValidationError("--partitions: found \(partitions); expected 1 to 100000")
        }
        for field in [key, time ?? "-"] {
            guard !field.split(separator: ".").isEmpty else {
                throw ValidationError("found \"\(field)\"; expected the name of a field")
            }
        }
    }

    func run() throws {
        let format = format ?? RecordFormat(path: file)
        guard strings.isEmpty || format == .csv else {
            throw Failure(.usage, "--strings is for CSV; \(file) is read as NDJSON")
        }
        var records = try ProducedRecords(file, format, key: self, strings: strings)
        try kafka.ensureTopics([topic], partitions: partitions)
        var output = try TopicOutput(kafka.clientProperties(), waiting: kafka.wait())
        Interruption.listen()
        var run = ProduceRun(topic: topic, rate: rate, skipsInvalid: skipInvalid)
        do throws(Failure) {
            try run.send(&records, to: &output)
        } catch {
            throw run.ended(by: error, &output)
        }
        Terminal.output.write(json ? run.json(output) : run.text(output))
        if Interruption.hasCome {
            throw Failure(.interrupted, "interrupted; everything counted was acknowledged")
        }
    }
}

extension TimeUnit: ExpressibleByArgument {}
