internal import JSON

/// What the alerts of a replay come to: which fired, from when to when.
///
/// Memory: the first message of `keptMax` alerts; the others are only counted.
struct RaisedAlerts {
    /// One alert from its first message to its last.
    struct Raised {
        /// As it was first told.
        let alert: PublishedAlert
        var isPage: Bool
        /// Milliseconds of event time; nil while it fires.
        var endMillis: Int64?

        var startMillis: Int64? { alert.message["start"]?.integer }
    }

    /// In the order in which they were raised.
    private(set) var kept: [Raised] = []
    private(set) var count = 0
    private(set) var pages = 0
    private var firing: [PublishedAlert.Identity: (place: Int, isPage: Bool)] = [:]

    static let keptMax = 1_000

    /// Takes a message of the alerts topic.
    mutating func take(_ message: PublishedAlert) {
        let identity = message.identity
        guard message.isFiring else {
            guard let place = firing.removeValue(forKey: identity)?.place, place < kept.count
            else { return }
            kept[place].endMillis = message.message["end"]?.integer
            return
        }
        var known = firing[identity] ?? note(message)
        if message.isPage, !known.isPage {
            known.isPage = true
            pages += 1
            if known.place < kept.count { kept[known.place].isPage = true }
        }
        firing[identity] = known
    }

    private mutating func note(_ message: PublishedAlert) -> (place: Int, isPage: Bool) {
        defer { count += 1 }
        if kept.count < Self.keptMax { kept.append(Raised(alert: message, isPage: false)) }
        return (count, false)
    }
}

extension RaisedAlerts {
    private static let shownMax = 20

    /// For people; nothing that fired is a line too.
    func text(for terminal: Terminal) -> String {
        var text = terminal.style("Alerts", .bold)
        guard count > 0 else { return text + ": none fired\n" }
        text += ": \(Numerals.grouped(pages)) pages, \(Numerals.grouped(count - pages)) tickets\n"
        var table = Table([
            ("from", .left), ("to", .left), ("severity", .left), ("alert", .left),
            ("cause", .left),
        ])
        for raised in kept.prefix(Self.shownMax) {
            table.append([
                Self.time(raised.startMillis), Self.time(raised.endMillis),
                raised.isPage ? "page" : "ticket", raised.alert.name, raised.alert.cause ?? "",
            ])
        }
        text += table.text(for: terminal, indent: 2)
        let left = count - min(kept.count, Self.shownMax)
        return left > 0 ? text + "  and \(Numerals.grouped(left)) more\n" : text
    }

    private static func time(_ millis: Int64?) -> String {
        millis.map { CalendarTime(millis: $0).text } ?? "–"
    }

    /// For scripts: the first message of each, with its end and what it rose to.
    var json: JSONValue {
        .object([
            "pages": .integer(Int64(pages)), "tickets": .integer(Int64(count - pages)),
            "raised": .array(
                kept.map { raised in
                    guard case .object(var message) = raised.alert.message else { return .null }
                    message["severity"] = .string(raised.isPage ? "page" : "ticket")
                    message["end"] = raised.endMillis.map { .integer($0) } ?? .null
                    message["state"] = .string(raised.endMillis == nil ? "firing" : "resolved")
                    return .object(message)
                }),
        ])
    }
}
