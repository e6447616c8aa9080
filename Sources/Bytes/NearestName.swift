/// The known name that a misspelt one was most likely meant to be.
public enum NearestName {
    /// Longer names are not compared: the cost is the product of the lengths.
    static let nameCharactersMax = 64

    /// The candidate with the smallest edit distance to `name`, letter case ignored; nil when none
    /// is within a third of the name's length (at least one edit). Of equally near ones the first.
    public static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars)
        guard !wanted.isEmpty, wanted.count <= nameCharactersMax else { return nil }
        var nearest: (name: String, edits: Int)?
        for candidate in candidates {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            guard scalars.count <= nameCharactersMax else { continue }
            let edits = editDistance(wanted, scalars)
            let editsMax = max(1, max(wanted.count, scalars.count) / 3)
            if edits <= editsMax, edits < scalars.count, edits < nearest?.edits ?? .max {
                nearest = (candidate, edits)
            }
        }
        return nearest?.name
    }

    /// Fewest insertions, deletions, replacements and swaps of neighbours that turn one into the
    /// other, no place edited twice (Damerau 1964; the "optimal string alignment" recurrence).
    /// O(left × right) time, O(right) space.
    static func editDistance<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            for j in right.indices {
                let replaced = last[j] + (left[i] == right[j] ? 0 : 1)
                var edits = min(replaced, last[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    edits = min(edits, beforeLast[j - 1] + 1)
                }
                current.append(edits)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
