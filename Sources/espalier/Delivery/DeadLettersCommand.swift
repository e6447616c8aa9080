internal import ArgumentParser
internal import Bytes
internal import Events
internal import Features
internal import JSON
internal import Kafka
internal import Project

/// `espalier dead-letters`
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Look at what was turned away, and send it again after a fix.",
        discussion: """
            EXAMPLES
              espalier dead-letters list project.yaml
              espalier dead-letters show project.yaml --reason wrong_type --limit 5
              espalier dead-letters replay project.yaml --reason missing_field --yes
            """,
        subcommands: [
            ListDeadLetters.self, ShowDeadLetters.self, ReplayDeadLetters.self,
        ])
}

/// Which letters, and where they are; the same for all of the commands.
struct DeadLetterOptions: ParsableArguments {
    @Argument(help: "The project file.") var project: String
    @Option(help: ArgumentHelp("Only those turned away for this reason.", valueName: "code"))
    var reason: String?
    @Option(help: ArgumentHelp("Only those with this field at fault.", valueName: "name"))
    var field: String?
    @Flag(help: "Print as JSON.") var json = false

    private static let patience = Duration.seconds(30)

    func forEach(
        _ body: (DeadLetter, ProjectFile) throws(Failure) -> Void
    ) throws {
        let project = try ProjectFile.load(project)
        var scan = try DeadLetterScan(
            project.topic(.deadLetter), project.clientProperties, within: Self.patience)
        try scan.forEach { letter throws(Failure) in
            guard reason == nil || letter.reason == reason,
                field == nil || letter[.field] == field
            else { return }
            try body(letter, project)
        }
    }
}

/// Counts by reason and field.
struct ListDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Count dead letters by reason and field.")

    @OptionGroup var options: DeadLetterOptions

    private struct Kind: Hashable, Comparable {
        var reason: String
        var field: String

        static func < (a: Kind, b: Kind) -> Bool { (a.reason, a.field) < (b.reason, b.field) }
    }

    func run() throws {
        var counts: [Kind: (count: Int, newest: Int64)] = [:]
        try options.forEach { letter, _ throws(Failure) in
            let kind = Kind(reason: letter.reason, field: letter[.field] ?? "")
            let before = counts[kind] ?? (0, .min)
            counts[kind] = (before.count + 1, max(before.newest, letter.timestampMillis))
        }
        for (kind, found) in counts.sorted(by: { $0.key < $1.key }) {
            let newest = CalendarTime(millis: found.newest).text
            if options.json {
                let document = JSONValue.object([
                    "reason": .string(kind.reason), "field": .string(kind.field),
                    "count": .integer(Int64(found.count)), "newest": .string(newest),
                ])
                Terminal.output.write(document.line)
            } else {
                let field = kind.field.isEmpty ? "" : " in \(kind.field)"
                Terminal.output.write(
                    "\(Numerals.grouped(found.count)) × \(kind.reason)\(field), newest \(newest)\n")
            }
        }
        if counts.isEmpty, !options.json { Terminal.output.write("no dead letters\n") }
    }
}

/// Shows letters with their bytes and headers.
struct ShowDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show dead letters: reason, position and message.")

    @OptionGroup var options: DeadLetterOptions
    @Option(help: ArgumentHelp("At most so many.", valueName: "count")) var limit = 10

    func run() throws {
        var left = limit
        try options.forEach { letter, _ throws(Failure) in
            guard left > 0 else { return }
            left -= 1
            Terminal.output.write(options.json ? document(letter).line : text(letter))
        }
    }

    private func text(_ letter: DeadLetter) -> String {
        let headers = letter.headers.sorted { $0.key < $1.key }
            .map { "  \($0.key): \($0.value)\n" }
        let key = letter.key.map { "  key: \(String(decoding: $0, as: UTF8.self))\n" } ?? ""
        return "\(letter.place) at \(CalendarTime(millis: letter.timestampMillis).text)\n"
            + headers.joined() + key + "  \(String(decoding: letter.value, as: UTF8.self))\n"
    }

    private func document(_ letter: DeadLetter) -> JSONValue {
        var headers: JSONObject = [:]
        for (name, value) in letter.headers.sorted(by: { $0.key < $1.key }) {
            headers[name] = .string(value)
        }
        return .object([
            "place": .string("\(letter.place)"), "timestamp": .integer(letter.timestampMillis),
            "key": letter.key.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
            "value": .string(String(decoding: letter.value, as: UTF8.self)),
            "headers": .object(headers),
        ])
    }
}

/// Sends letters to where they came from.
struct ReplayDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send dead letters to the partitions they came from, with their original time.",
        discussion: """
            Each bears a header espalier-replayed with its place in the dead-letter topic. One that
            was cut cannot be sent again. Letters stay where they are, so name a reason, and do it
            once. An event older than the project's lateness will be turned away again.
            """)

    @OptionGroup var options: DeadLetterOptions
    @Flag(help: "Do it; without this they are only counted.") var yes = false

    /// Tells where a message that was sent again had ended: topic, partition and offset.
    static let provenance = "espalier-replayed"
    private static let patience = Duration.seconds(30)

    func run() throws {
        let project = try ProjectFile.load(options.project)
        var producer = try Producer(project.clientProperties)
        try producer.connect(within: Self.patience)
        let known = [project.events.topic] + (project.labels.map { [$0.topic] } ?? [])
        var sent = 0
        var left = 0
        var letters: [DeadLetter] = []
        try options.forEach { letter, _ throws(Failure) in
            guard let source = letter.source, known.contains(source.topic), !letter.isCut else {
                left += 1
                return
            }
            sent += 1
            if yes { letters.append(letter) }
            if letters.count == Self.lettersHeldMax {
                try Self.send(letters, &producer)
                letters = []
            }
        }
        try Self.send(letters, &producer)
        if options.json {
            let document = JSONValue.object([
                "sent": .integer(Int64(yes ? sent : 0)), "found": .integer(Int64(sent)),
                "left": .integer(Int64(left)),
            ])
            Terminal.output.write(document.line)
        } else {
            let verb = yes ? "sent again" : "can be sent again; --yes does it"
            Terminal.output.write(
                "\(Numerals.grouped(sent)) \(verb); \(Numerals.grouped(left)) cannot be\n")
        }
    }

    private static let lettersHeldMax = 1_000

    private static func send(
        _ letters: [DeadLetter], _ producer: inout Producer
    ) throws(Failure) {
        do throws(KafkaError) {
            for letter in letters {
                guard let source = letter.source else { continue }
                var headers = RecordHeaders()
                let place = Array("\(letter.place)".utf8)
                headers.append(provenance, unsafe place.span.bytes)
                let topic = try producer.topic(source.topic)
                let key = letter.key ?? []
                try producer.send(
                    to: topic, .partition(source.partition),
                    key: letter.key == nil ? nil : unsafe key.span.bytes,
                    value: unsafe letter.value.span.bytes,
                    timestampMillis: letter.timestampMillis, headers: &headers)
            }
        } catch { throw Failure(error) }
        guard producer.flush(within: patience) == 0 else {
            throw Failure(.unavailable, "no acknowledgement within \(patience)")
        }
    }
}
