import Bytes
import Testing

@testable import Simulation

@Suite struct DueQueueTests {
    /// The slower truth: a list, stably sorted before each removal.
    @Test(arguments: UInt64(0)..<20) func agreesWithASortedList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = DueQueue<Int>()
        var list: [(due: Int64, element: Int)] = []
        for element in 0..<500 {
            if random.happens(0.6) {
                let due = Int64(random.index(below: 50))
                queue.insert(element, dueMillis: due)
                let place = list.firstIndex { $0.due > due } ?? list.endIndex
                list.insert((due, element), at: place)
            } else {
                #expect(queue.nextDueMillis == list.first?.due)
                let expected = list.isEmpty ? nil : list.removeFirst().element
                #expect(queue.removeFirst() == expected)
            }
        }
        while !list.isEmpty { #expect(queue.removeFirst() == list.removeFirst().element) }
        #expect(queue.removeFirst() == nil)
    }
}
