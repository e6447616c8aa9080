internal import JSON

/// What fired in runs without a fault, by the shape of the windows.
struct CleanRuns {
    /// All runs of one shape.
    private struct Tally {
        var runs = 0
        /// Windows times features, as far as there were events enough to judge them.
        var featureWindows = 0
        var alarms: [PublishedAlert] = []

        var pages: Int { alarms.count(where: \.isPage) }
        var tickets: Int { alarms.count - pages }
        var pagesPerThousand: Double { 1_000 * Double(pages) / Double(max(1, featureWindows)) }
    }

    private var tallies: [(shape: String, tally: Tally)] = []

    /// Takes in a run.
    mutating func add(_ outcome: GameDay.Outcome, of shape: GameDay.Shape) {
        let place = tallies.firstIndex { $0.shape == shape.name } ?? tallies.count
        if place == tallies.count { tallies.append((shape.name, Tally())) }
        tallies[place].tally.runs += 1
        tallies[place].tally.featureWindows += outcome.featureWindows
        tallies[place].tally.alarms += outcome.falseAlarms
    }

    /// What is wrong with them, in words; nil if nothing is.
    var fault: String? {
        let faults = tallies.compactMap { shape, tally -> String? in
            guard tally.featureWindows > 0 else { return "\(shape): no window was compared" }
            guard tally.pagesPerThousand >= GameDay.falsePagesPerThousand else { return nil }
            return "\(shape): \(tally.pages) pages in \(tally.featureWindows) feature-windows"
        }
        return faults.isEmpty ? nil : faults.joined(separator: ", ")
    }

    func text(for terminal: Terminal) -> String {
        var table = Table([
            ("windows", .left), ("runs", .right), ("feature-windows", .right), ("pages", .right),
            ("in 1,000", .right), ("tickets", .right),
        ])
        for (shape, tally) in tallies {
            table.append([
                shape, "\(tally.runs)", Numerals.grouped(tally.featureWindows), "\(tally.pages)",
                Numerals.fixed(tally.pagesPerThousand, 2), "\(tally.tickets)",
            ])
        }
        return table.text(for: terminal)
    }

    var json: JSONValue {
        .array(
            tallies.map { shape, tally in
                .object([
                    "windows": .string(shape), "runs": .integer(Int64(tally.runs)),
                    "feature_windows": .integer(Int64(tally.featureWindows)),
                    "pages": .integer(Int64(tally.pages)),
                    "tickets": .integer(Int64(tally.tickets)),
                    "alarms": .array(tally.alarms.map(\.message)),
                ])
            })
    }
}
