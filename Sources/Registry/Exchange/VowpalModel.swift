internal import Model

/// A model that Vowpal Wabbit wrote with `--invert_hash`: a heading, the line `:0` or, with the
/// learner's state behind it, `:1`, then a line `name:hash:weight` for each feature, the intercept
/// being `Constant`.
///
///     Version 9.11.9
///     …
///     :0
///     Constant:116060:-2.0731
///     pay^amount:92594:0.0412
///
/// A feature of a namespace is `namespace^feature`; the namespace is dropped. What an adaptive
/// update keeps behind a weight is passed over. `--readable_model` writes only hashes, which do not
/// tell their features; it is refused with that advice.
public enum VowpalModel {
    private static let intercept = "Constant"
    private static let advice = "name:hash:weight, as vw --invert_hash writes it"

    /// Reads such a file.
    public static func weights(parsing bytes: [UInt8]) throws(ImportError) -> ImportedWeights {
        let lines = try TextLines(bytes).lines
        let marks: Set<Substring> = [":0", ":1"]
        guard lines.first?.text.hasPrefix("Version ") == true,
            let mark = lines.firstIndex(where: { marks.contains($0.text) })
        else {
            throw .invalid(
                at: "line 1", found: "no heading of a readable model", expected: advice)
        }
        var weights = ImportedWeights(solver: "vowpal-wabbit", intercept: 0, weights: [])
        weights.loss = loss(in: lines[..<mark].map(\.text))
        let body = lines[(mark + 1)...].drop { parts(of: $0.text) == nil }
        for (number, text) in body where !text.isEmpty {
            guard let parts = parts(of: text), let name = parts.name else {
                throw .invalid(
                    at: "line \(number)", found: "\"\(text.prefix(40))\"", expected: advice)
            }
            let weight = try TextLines.number(parts.weight, line: number)
            if name == intercept {
                weights.intercept = weight
            } else {
                weights.weights.append(.init(feature: String(name), weight: weight))
            }
        }
        return weights
    }

    /// `name:hash:weight`, or `hash:weight` without the name; nil for the learner's state.
    private static func parts(of line: Substring) -> (name: Substring?, weight: Substring)? {
        let cells = line.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(cells.count), UInt64(cells[cells.count - 2]) != nil else {
            return nil
        }
        let name = cells.count == 3 ? cells[0].split(separator: "^").last : nil
        return (name, cells[cells.count - 1].prefix { $0 != " " })
    }

    /// The heading says the loss only by its link.
    private static func loss(in heading: [Substring]) -> Loss? {
        let options = heading.first { $0.hasPrefix("options:") }?.split(separator: " ") ?? []
        guard let place = options.firstIndex(of: "--link"), place + 1 < options.count else {
            return nil
        }
        return ["logistic": .logistic, "identity": .squared, "poisson": .poisson][
            options[place + 1]]
    }
}
