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
        abstract: "Look at what was turned away; send it again after a fix, or set it aside.",
        discussion: paragraphs(
            """
            EXAMPLES
              espalier dead-letters list project.yaml
              espalier dead-letters show project.yaml --reason wrong_type --limit 5
              espalier dead-letters replay project.yaml --reason missing_field --yes
              espalier dead-letters drop project.yaml --reason malformed_json --yes
              espalier dead-letters list project.yaml --all
            """),
        subcommands: [
            ListDeadLetters.self, ShowDeadLetters.self, ReplayDeadLetters.self,
            DropDeadLetters.self,
        ])
}

/// Which letters, and where they are; the same for all of the commands.
struct DeadLetterOptions: ParsableArguments {
    @Argument(help: "The project file.") var project: String
    @Option(help: ArgumentHelp("Only those turned away for this reason.", valueName: "code"))
    var reason: String?
    @Option(help: ArgumentHelp("Only those with this field at fault.", valueName: "name"))
    var field: String?
    @Flag(help: "Also those that were sent again or dropped.") var all = false
    @Flag(help: "Print as JSON.") var json = false

    private static let patience = Duration.seconds(30)

    func forEach(_ body: (DeadLetter) throws(Failure) -> Void) throws {
        let project = try ProjectFile.load(project)
        let settled = all ? [] : try settledPlaces(project)
        var scan = try scan(project)
        try scan.forEach { partition, batch, index throws(Failure) in
            let letter = DeadLetter(partition, batch, index)
            guard !letter.isMarker, !settled.contains(letter.place.text),
                reason == nil || letter.reason == reason,
                field == nil || letter[.field] == field
            else { return }
            try body(letter)
        }
    }

    /// Letters that somebody dealt with.
    private func settledPlaces(_ project: ProjectFile) throws -> Set<String> {
        var places: Set<String> = []
        var scan = try scan(project)
        try scan.forEach { partition, batch, index throws(Failure) in
            let letter = DeadLetter(partition, batch, index)
            guard letter.isMarker, let place = letter.key else { return }
            places.insert(String(decoding: place, as: UTF8.self))
        }
        return places
    }

    private func scan(_ project: ProjectFile) throws -> TopicScan {
        try TopicScan(
            project.topic(.deadLetter), project.clientProperties, within: Self.patience)
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
        try options.forEach { letter throws(Failure) in
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
        try options.forEach { letter throws(Failure) in
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
