/// What waits for its time: the earliest due comes first, and among those of one time the one put
/// in first. A binary heap (Williams 1964): O(log n), and O(1) to insert in order.
struct DueQueue<Element: Sendable>: Sendable {
    private var entries: [(dueMillis: Int64, number: UInt64, element: Element)] = []
    private var inserted: UInt64 = 0

    var count: Int { entries.count }

    /// When the first is due; nil when nothing waits.
    var nextDueMillis: Int64? { entries.first?.dueMillis }

    mutating func insert(_ element: Element, dueMillis: Int64) {
        entries.append((dueMillis, inserted, element))
        inserted += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard comesFirst(child, parent) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() -> Element? {
        guard let last = entries.indices.last else { return nil }
        entries.swapAt(0, last)
        let first = entries.removeLast()
        var parent = 0
        while let child = firstChild(of: parent), comesFirst(child, parent) {
            entries.swapAt(child, parent)
            parent = child
        }
        return first.element
    }

    private func firstChild(of parent: Int) -> Int? {
        let left = 2 * parent + 1
        guard left < entries.count else { return nil }
        return left + 1 < entries.count && comesFirst(left + 1, left) ? left + 1 : left
    }

    private func comesFirst(_ a: Int, _ b: Int) -> Bool {
        (entries[a].dueMillis, entries[a].number) < (entries[b].dueMillis, entries[b].number)
    }
}
