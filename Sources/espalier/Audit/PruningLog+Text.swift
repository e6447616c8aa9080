internal import JSON

extension PruningLog {
    func text(for terminal: Terminal) -> String {
        guard !decisions.isEmpty else { return "Nothing is decided: every feature is active.\n" }
        var table = Table([
            ("feature", .left), ("state", .left), ("since", .left), ("reason", .left),
        ])
        for (name, decision) in decisions.sorted(by: { $0.key < $1.key }) {
            table.append([
                name, decision.state.rawValue, CalendarTime(millis: decision.millis).text,
                decision.reason,
            ])
        }
        return table.text(for: terminal) + "Decisions are in \(path)\n"
    }

    var json: JSONValue {
        .array(
            decisions.sorted { $0.key < $1.key }.map { name, decision in
                .object([
                    "feature": .string(name), "state": .string(decision.state.rawValue),
                    "since": .integer(decision.millis), "reason": .string(decision.reason),
                    "proof": decision.proof ?? .null,
                ])
            })
    }
}
