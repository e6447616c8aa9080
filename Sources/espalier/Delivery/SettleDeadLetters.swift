internal import ArgumentParser
internal import Bytes
internal import Events
internal import JSON
internal import Kafka
internal import Project

/// Sends letters to where they came from.
struct ReplayDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send dead letters to the partitions they came from, with their original time.",
        discussion: paragraphs(
            """
            Each bears a header espalier-replayed with its place in the dead-letter topic, and is
            then marked as dealt with, so that a second replay leaves it out. One that was cut
            cannot be sent again. An event older than the project's lateness will be turned away
            again.
            """))

    @OptionGroup var options: DeadLetterOptions
    @Flag(help: "Do it; without this they are only counted.") var yes = false

    func run() throws {
        let project = try ProjectFile.load(options.project)
        let known = [project.events.topic] + (project.labels.map { [$0.topic] } ?? [])
        var desk = try SettlementDesk(project, as: .replayed)
        var (sent, left) = (0, 0)
        try options.forEach { letter throws(Failure) in
            guard let source = letter.source, known.contains(source.topic), !letter.isCut else {
                left += 1
                return
            }
            sent += 1
            if yes { try desk.settle(letter) }
        }
        try desk.finish()
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
}

/// Sets letters aside.
struct DropDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Set dead letters aside: they are listed and replayed no more.",
        discussion: paragraphs(
            """
            A marker in the dead-letter topic says so; the letters themselves stay until the
            topic's retention ends, and --all still shows them.
            """))

    @OptionGroup var options: DeadLetterOptions
    @Flag(help: "Do it; without this they are only counted.") var yes = false

    func run() throws {
        var desk = try SettlementDesk(try ProjectFile.load(options.project), as: .dropped)
        var found = 0
        try options.forEach { letter throws(Failure) in
            found += 1
            if yes { try desk.settle(letter) }
        }
        try desk.finish()
        if options.json {
            let document = JSONValue.object([
                "dropped": .integer(Int64(yes ? found : 0)), "found": .integer(Int64(found)),
            ])
            Terminal.output.write(document.line)
        } else {
            let verb = yes ? "dropped" : "would be dropped; --yes does it"
            Terminal.output.write("\(Numerals.grouped(found)) \(verb)\n")
        }
    }
}

/// Deals with letters, some at a time: sends them again where that is asked for, and, once that is
/// acknowledged, marks them. What fails in between is done again by the next call, never left out.
private struct SettlementDesk: ~Copyable {
    enum Settlement: String { case replayed, dropped }

    private var producer: Producer
    private let deadLetters: String
    private let settlement: Settlement
    private var letters: [DeadLetter] = []

    /// Tells where a message that was sent again had ended: topic, partition and offset.
    private static let provenance = "espalier-replayed"
    private static let lettersHeldMax = 1_000
    private static let patience = Duration.seconds(30)

    init(_ project: ProjectFile, as settlement: Settlement) throws {
        var producer = try Producer(project.clientProperties)
        try producer.connect(within: Self.patience)
        self.producer = producer
        deadLetters = project.topic(.deadLetter)
        self.settlement = settlement
    }

    mutating func settle(_ letter: DeadLetter) throws(Failure) {
        letters.append(letter)
        if letters.count == Self.lettersHeldMax { try finish() }
    }

    mutating func finish() throws(Failure) {
        guard !letters.isEmpty else { return }
        if settlement == .replayed {
            try send { letter, desk throws(KafkaError) in try desk.sendAgain(letter) }
        }
        try send { letter, desk throws(KafkaError) in try desk.mark(letter) }
        letters.removeAll()
    }

    /// Sends something for every letter, and waits until it has arrived.
    private mutating func send(
        _ one: (DeadLetter, inout SettlementDesk) throws(KafkaError) -> Void
    ) throws(Failure) {
        do throws(KafkaError) {
            for letter in letters { try one(letter, &self) }
            try producer.settle(within: Self.patience)
        } catch { throw Failure(error) }
    }

    private mutating func sendAgain(_ letter: DeadLetter) throws(KafkaError) {
        guard let source = letter.source else { return }
        var headers = RecordHeaders()
        let place = Array(letter.place.text.utf8)
        headers.append(Self.provenance, unsafe place.span.bytes)
        let key = letter.key ?? []
        try producer.send(
            to: producer.topic(source.topic), .partition(source.partition),
            key: letter.key == nil ? nil : unsafe key.span.bytes,
            value: unsafe letter.value.span.bytes, timestampMillis: letter.timestampMillis,
            headers: &headers)
    }

    private mutating func mark(_ letter: DeadLetter) throws(KafkaError) {
        var headers = RecordHeaders()
        let word = Array(settlement.rawValue.utf8)
        headers.append(DeadLetterHeader.settled.rawValue, unsafe word.span.bytes)
        let place = Array(letter.place.text.utf8)
        try producer.send(
            to: producer.topic(deadLetters), .partition(letter.place.partition.partition),
            key: unsafe place.span.bytes, value: nil, timestampMillis: 0, headers: &headers)
    }
}
