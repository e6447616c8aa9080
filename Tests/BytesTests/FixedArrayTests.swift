import Bytes
import Testing

struct FixedArrayTests {
    /// Counts the living.
    private final class Census {
        var living = 0
    }

    private struct Citizen: ~Copyable {
        let census: Census
        var age = 0

        init(_ census: Census) {
            self.census = census
            census.living += 1
        }

        deinit { census.living -= 1 }
    }

    @Test func itsElementsMayBeNoncopyableAndLiveAsLongAsIt() {
        let census = Census()
        do {
            var citizens = FixedArray(count: 3) { _ in Citizen(census) }
            #expect(census.living == 3)
            citizens[1].age += 40
            citizens[1].age += 2
            #expect([citizens[0].age, citizens[1].age, citizens[2].age] == [0, 42, 0])
            var other = Citizen(census)
            other.age = 7
            swap(&citizens[2], &other)
            #expect(citizens[2].age == 7 && other.age == 0 && census.living == 4)
        }
        #expect(census.living == 0)
    }

    @Test func itIsReadAndWrittenAsASpan() {
        var squares = FixedArray([0, 1, 4, 9])
        #expect(squares.count == 4 && squares.indices == 0..<4 && squares.span[3] == 9)
        var span = squares.mutableSpan
        span[3] = 10
        #expect(squares[3] == 10)
        let none = FixedArray<Int>([])
        #expect(none.count == 0 && none.span.isEmpty)
    }

    @Test func aPlaceBehindTheEndTraps() async {
        await #expect(processExitsWith: .failure) {
            let three = FixedArray(repeating: 1, count: 3)
            print(three[3])
        }
    }
}

struct MappedArrayTests {
    /// A hint about any place is harmless, and touches nothing.
    @Test func aHintChangesNothing() {
        var array = MappedArray<UInt64>(capacity: 1_000)
        array[999] = 5
        for (index, count) in [(0, 1), (999, 1), (999, 50), (-1, 3), (1_000, 1), (.max, 1), (3, 0)]
        {
            array.prefetch(index, count: count)
        }
        #expect(array[999] == 5 && array[0] == 0)
    }
}
