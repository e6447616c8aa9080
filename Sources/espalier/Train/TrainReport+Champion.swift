internal import JSON
internal import Model
internal import Registry
internal import Training

/// What the report says of the champion.
extension TrainReport {
    private static let namesMax = 8

    /// The model that the chosen fit is compared with.
    var champion: Champion? { run.champion.champion }

    /// From the champion's weights to those of the model; nil without either.
    var difference: ModelDifference? {
        guard let champion, let artifact else { return nil }
        return ModelDifference(from: champion.artifact.content, to: artifact.content)
    }

    /// Weights that are others than the champion's, each with what became of it.
    var changes: [(what: String, change: ModelDifference.Change)] {
        guard let difference else { return [] }
        return difference.entered.map { ("entered", $0) } + difference.left.map { ("left", $0) }
            + difference.changed.map { ("changed", $0) }
    }

    /// Whom the fit is compared with, both qualities on the same examples, and which weights come
    /// and go.
    func championText(_ terminal: Terminal) -> String {
        guard let champion else { return "" }
        let digest = champion.artifact.version.prefix(12)
        var text = terminal.style("  against \(champion.reference)", .bold) + " (\(digest))"
        let rivals = judged.rivals
        if let ours = rivals.ours.rocArea, let theirs = rivals.champion.rocArea {
            text += " on \(Numerals.grouped(rivals.champion.count)) examples later than its own:"
            text += " AUC \(Numerals.fixed(ours, 4)), its \(Numerals.fixed(theirs, 4))"
        }
        text += "\n"
        guard let difference else { return text }
        var parts: [String] = []
        for (what, changes) in [("entered", difference.entered), ("left", difference.left)]
        where !changes.isEmpty {
            let more = changes.count > Self.namesMax ? " …" : ""
            let names = changes.prefix(Self.namesMax).map(\.feature).joined(separator: ", ")
            parts.append("\(what): \(names)\(more)")
        }
        parts.append("\(difference.changed.count) weights changed")
        return text + "    \(parts.joined(separator: " · "))\n"
    }

    /// Null without a champion.
    var championDocument: JSONValue {
        guard let champion else { return .null }
        let rivals = judged.rivals
        let difference = difference
        return .object([
            "name": .string(champion.artifact.content.name),
            "reference": .string(champion.reference),
            "version": champion.number.map { .integer(Int64($0)) } ?? .null,
            "digest": .string(champion.artifact.version),
            "examples": .integer(Int64(rivals.champion.count)),
            "auc": .optional(rivals.champion.rocArea), "newAUC": .optional(rivals.ours.rocArea),
            "entered": .array((difference?.entered ?? []).map(document)),
            "left": .array((difference?.left ?? []).map(document)),
            "changed": .array((difference?.changed ?? []).map(document)),
            "redefined": .array((difference?.redefined ?? []).map { .string($0) }),
        ])
    }

    private func document(_ change: ModelDifference.Change) -> JSONValue {
        .object([
            "feature": .string(change.feature), "before": .optional(change.before),
            "after": .optional(change.after), "marginShift": .optional(change.marginShift),
        ])
    }
}
