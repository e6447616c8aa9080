internal import JSON
internal import Model
internal import Registry

/// Everything about one version on one page.
struct ModelCard {
    let version: RegisteredVersion
    let model: RegisteredModel
    let content: ModelContent
    /// Whether people see every weight rather than the largest.
    let hasAllWeights: Bool

    private static let weightsShown = 20

    /// Features that move a score, by the size of their leading weight.
    private var weighed: [ModelContent.Feature] {
        content.features.filter { $0.leadingWeight != nil }.sorted {
            let (a, b) = (abs($0.leadingWeight ?? 0), abs($1.leadingWeight ?? 0))
            return a != b ? a > b : $0.name < $1.name
        }
    }

    // MARK: For people

    func text(for terminal: Terminal) -> String {
        var text = terminal.style(version.reference, .bold)
        let aliases = model.aliases(of: version.number)
        text += aliases.isEmpty ? "\n" : " (\(aliases.joined(separator: ", ")))\n"
        text += lines.map { "  \(padded($0.0))\($0.1)\n" }.joined()
        text += "\n" + terminal.style("Weights", .bold)
        text += " of standardised features; intercept \(Numerals.signed(content.intercept, 4))\n"
        text += weightTable.text(for: terminal, indent: 2)
        let hidden = weighed.count - weightsShown
        if hidden > 0 { text += "  … and \(hidden) more (--all)\n" }
        if let served = servedTable {
            text += "\n" + terminal.style("Served", .bold) + "\n"
            text += served.text(for: terminal, indent: 2)
        }
        return text
    }

    private var weightsShown: Int { hasAllWeights ? .max : min(Self.weightsShown, weighed.count) }

    private func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, 12 - label.count))
    }

    private var lines: [(String, String)] {
        let when = CalendarTime(millis: version.attribution.timeMillis).text
        let why = version.attribution.why
        var lines = [
            ("registered", "\(when) by \(version.attribution.who)\(why.isEmpty ? "" : ": \(why)")"),
            ("source", version.registration.source),
            ("digest", version.digest),
            ("size", "\(Numerals.bytes(version.registration.byteCount)), \(sparsity)"),
            ("objective", objective), ("solver", solver), ("data", data),
        ]
        if let baseline = content.baseline {
            let from = CalendarTime(millis: baseline.times.lowerBound).text
            let to = CalendarTime(millis: baseline.times.upperBound).text
            lines.append(
                (
                    "baseline",
                    "\(Numerals.grouped(baseline.features.count)) features and the scores of "
                        + "\(from) to \(to)"
                ))
        }
        if !content.locks.isEmpty { lines.append(("locks", content.locks.joined(separator: ", "))) }
        if !content.metrics.isEmpty {
            let metrics = content.metrics.sorted { $0.key < $1.key }
            lines.append(
                (
                    "metrics",
                    metrics.map { "\($0.key) \(Numerals.fixed($0.value, 4))" }
                        .joined(separator: ", ")
                ))
        }
        if !version.approved.isEmpty {
            lines.append(("approved", version.approved.sorted().joined(separator: ", ")))
        }
        if !version.tags.isEmpty {
            let tags = version.tags.sorted { $0.key < $1.key }
            lines.append(("tags", tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))
        }
        if !version.signatures.isEmpty {
            let keys = version.signatures.map { String($0.key.prefix(12)) }
            lines.append(("signed by", keys.joined(separator: ", ")))
        }
        return lines
    }

    private var sparsity: String {
        "\(weighed.count) of \(content.features.count) features weigh something"
    }

    private var objective: String {
        let bound = content.bound.isFinite ? ", bound \(Numerals.plain(content.bound))" : ""
        return "\(content.loss.rawValue), λ \(content.objective.lambda), "
            + "α \(Numerals.plain(content.objective.alpha))\(bound)"
    }

    private var solver: String {
        let parameters = content.solver.parameters.sorted { $0.key < $1.key }
            .map { "\($0.key) \(Numerals.plain($0.value))" }
        let seed = content.seed.map { ["seed \($0)"] } ?? []
        return ([content.solver.name] + parameters + seed).joined(separator: ", ")
    }

    private var data: String {
        let ranges = content.data.ranges.map { "\($0.topic)/\($0.partition) \($0.from)..<\($0.to)" }
        let digest = content.data.digest.map { ["sha256:\($0.prefix(12))"] } ?? []
        let examples = "\(Numerals.grouped(content.data.examples)) examples"
        let times = content.data.times.map {
            [
                "\(CalendarTime(millis: $0.lowerBound).text) to "
                    + CalendarTime(millis: $0.upperBound).text
            ]
        }
        return ([examples] + (times ?? []) + ranges + content.data.files + digest)
            .joined(separator: ", ")
    }

    private var weightTable: Table {
        var table = Table([
            ("feature", .left), ("weight", .right), ("mean", .right), ("scale", .right),
            ("", .left),
        ])
        for feature in weighed.prefix(weightsShown) {
            let free = feature.penaltyFactor == 0 ? ["not penalised"] : []
            let together = feature.group.map { ["with \($0)"] } ?? []
            let note = (free + together).joined(separator: ", ")
            switch feature.weights {
            case .numeric(let weight, let scaling):
                table.append([
                    feature.name, Numerals.signed(weight, 4), Numerals.fixed(scaling.mean, 4),
                    Numerals.fixed(scaling.scale, 4), note,
                ])
            case .category(_, let entries):
                table.append([
                    feature.name, Numerals.signed(feature.leadingWeight ?? 0, 4), "", "",
                    "largest of \(entries.count) buckets\(note.isEmpty ? "" : ", \(note)")",
                ])
            }
        }
        return table
    }

    private var servedTable: Table? {
        let ranges = model.served.filter { $0.version == version.number }
        guard !ranges.isEmpty else { return nil }
        var table = Table([
            ("service", .left), ("partition", .left), ("from", .right), ("to", .right),
            ("since", .left), ("until", .left),
        ])
        for range in ranges {
            table.append([
                range.service, "\(range.topic)/\(range.partition)", "\(range.from)",
                range.to.map { "\($0)" } ?? "", CalendarTime(millis: range.fromMillis).text,
                range.toMillis.map { CalendarTime(millis: $0).text } ?? "",
            ])
        }
        return table
    }

    // MARK: For scripts

    var document: JSONValue {
        var object: JSONObject = ["name": .string(version.model)]
        let registered = version.members(of: model)
        for (key, value) in zip(registered.keys, registered.values) { object.append(key, value) }
        object["features"] = .integer(Int64(content.features.count))
        object["nonZero"] = .integer(Int64(weighed.count))
        object["objective"] = .object([
            "loss": .string(content.loss.rawValue), "lambda": .number(content.objective.lambda),
            "alpha": .number(content.objective.alpha), "bound": .optional(content.bound),
        ])
        object["artifact"] = content.document
        return .object(object)
    }
}
