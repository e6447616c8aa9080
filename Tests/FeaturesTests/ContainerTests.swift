import Bytes
import Model
import TestSupport
import Testing

@testable import Features

/// The containers that entity tables are made of, against those of the standard library.
struct ContainerTests {
    @Test(arguments: UInt64(0)..<4) func aDistinctCounterIsASet(seed: UInt64) {
        var random = SeededGenerator(seed)
        var counter = DistinctCounter()
        for round in 0..<200 {
            counter.removeAll()
            var set: Set<UInt64> = []
            let size = Int.random(in: 0...(round == 100 ? 5_000 : 200), using: &random)
            for _ in 0..<size {
                let value = UInt64.random(in: 0..<UInt64(max(1, size)), using: &random)
                counter.insert(value)
                set.insert(value)
                #expect(counter.count == set.count)
            }
        }
    }

    @Test func aDistinctCounterStartsSmall() {
        var counter = DistinctCounter()
        counter.insert(0)
        counter.insert(0)
        counter.insert(.max)
        #expect(counter.count == 2)
    }

    @Test(arguments: UInt64(0)..<4) func aCollisionIsASecondValueInABucket(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let space = try #require(FeatureSpace(numericCount: 3, blockBits: [4, 6]))
        var counter = CollisionCounter(space: space)
        var first: [UInt32: UInt64] = [:]
        var collisions: UInt64 = 0
        let hashes = (0..<40).map { _ in random.next() }
        for _ in 0..<2_000 {
            guard let hash = hashes.randomElement(using: &random) else { continue }
            let block = Int.random(in: 0...1, using: &random)
            let index = space.index(block: block, hash: hash)
            counter.observe(hash, at: index)
            collisions += first[index, default: hash] == hash ? 0 : 1
            first[index] = first[index] ?? hash
        }
        #expect(counter.count == collisions)
        #expect(collisions > 0)
    }

    /// A list of one owner's events in a shared pool of pages, as an entity keeps it.
    private struct List {
        var head = Cursor.start
        var tail = Cursor.start
        var last = RetainedEvents.noPage
        var events: [(time: Int64, bits: UInt64)] = []
    }

    @Test(arguments: UInt64(0)..<6) func pagesAreLists(seed: UInt64) {
        var random = SeededGenerator(seed)
        var pool = RetainedEvents(columns: 2, eventsMax: 800)
        var lists = Array(repeating: List(), count: 12)
        var refusals = 0
        for step in 0..<6_000 {
            let owner = Int.random(in: 0..<lists.count, using: &random)
            // Appends prevail until the pool is full, then removals.
            let appends = step % 2_000 < 1_200 ? 7 : 3
            if Int.random(in: 0..<10, using: &random) < appends {
                let event = (time: Int64(step), bits: random.next())
                if !append(event, to: &lists[owner], owner, &pool) { refusals += 1 }
            } else if !lists[owner].events.isEmpty {
                removeFirst(of: &lists[owner], &pool)
            }
            if step.isMultiple(of: 20) { compare(lists[owner], owner, pool) }
        }
        for (owner, list) in lists.enumerated() { compare(list, owner, pool) }
        #expect(refusals > 0, "the pool was never full")
        #expect(pool.pagesInUse <= 100)
    }

    private func append(
        _ event: (time: Int64, bits: UInt64), to list: inout List, _ owner: Int,
        _ pool: inout RetainedEvents
    ) -> Bool {
        if list.tail.page == RetainedEvents.noPage {
            guard
                let page = pool.takePage(
                    owner: UInt32(owner), firstSequence: list.tail.sequence, after: list.last)
            else { return false }
            list.last = page
            if list.head.sequence == list.tail.sequence { list.head.page = page }
            list.tail.page = page
        }
        pool.setTime(event.time, list.tail)
        pool.setBits(event.bits, 0, list.tail)
        pool.setBits(~event.bits, 1, list.tail)
        list.tail = pool.after(list.tail)
        list.events.append(event)
        return true
    }

    private func removeFirst(of list: inout List, _ pool: inout RetainedEvents) {
        var next = pool.after(list.head)
        if next.page != list.head.page { next.page = pool.freeFirstPage(list.head.page) }
        list.head = next
        if next.page == RetainedEvents.noPage {
            list.last = RetainedEvents.noPage
            list.tail.page = RetainedEvents.noPage
        }
        list.events.removeFirst()
    }

    private func compare(_ list: List, _ owner: Int, _ pool: borrowing RetainedEvents) {
        #expect(list.head.distance(to: list.tail) == list.events.count)
        var place = list.head
        for event in list.events {
            #expect(pool.time(place) == event.time)
            #expect(pool.bits(0, place) == event.bits && pool.bits(1, place) == ~event.bits)
            place = pool.after(place)
        }
        #expect(place == list.tail)
        for event in list.events.reversed() {
            place = pool.before(place, last: list.last)
            #expect(pool.time(place) == event.time)
        }
        guard let middle = list.events.dropFirst(list.events.count / 2).first else { return }
        let found = pool.find(
            bits: middle.bits, column: 0, owner: UInt32(owner), from: list.head.page)
        let passed = pool.advance(list.head, to: list.tail, past: middle.time - 1)
        #expect(found == passed)
        #expect(
            pool.find(bits: middle.bits, column: 0, owner: 99, from: list.head.page) == nil)
    }
}
