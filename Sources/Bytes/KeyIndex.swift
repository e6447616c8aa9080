/// Where each of many 64-bit keys stands: open addressing with linear probing (Knuth, The Art of
/// Computer Programming 3, 6.4, algorithm L) and deletion by moving back (algorithm R), at most
/// half full. A look-up touches one cache line, mostly.
///
/// Grows by doubling, which places all keys anew; memory: 32…64 bytes a key.
///
/// Keys may be a stranger's choice. A random word of the process decides where they stand, so that
/// nobody who makes them up can have them meet; nothing but the cost of a look-up depends on it.
public struct KeyIndex: ~Copyable {
    /// What is found of a key that is not there; so no key may stand there.
    public static let nowhere: UInt32 = 0

    @usableFromInline
    struct Slot: BitwiseCopyable {
        @usableFromInline var key: UInt64
        @usableFromInline var place: UInt32
    }

    @usableFromInline var slots = MappedArray<Slot>(capacity: 1_024)
    @usableFromInline let secret = StableHash.processSecret
    public private(set) var count = 0

    public init() {}

    @inlinable var mask: Int { slots.capacity - 1 }

    public var bytes: Int { slots.capacity * MemoryLayout<Slot>.stride }

    /// The key's place, or `nowhere`.
    @inlinable
    public subscript(key: UInt64) -> UInt32 { slots[slot(of: key)].place }

    /// Where a key stands or would stand; good until the index changes.
    public struct Position: BitwiseCopyable {
        @usableFromInline let slot: Int

        @usableFromInline init(slot: Int) { self.slot = slot }
    }

    /// Where the key stands or would stand.
    @inlinable
    public func position(of key: UInt64) -> Position { Position(slot: slot(of: key)) }

    /// The place of the key that the position was asked for, or `nowhere`.
    @inlinable
    public subscript(position: Position) -> UInt32 { slots[position.slot].place }

    /// Asks for the memory that a look-up of the key touches first.
    @inlinable
    public func prefetch(_ key: UInt64) { slots.prefetch(home(of: key)) }

    /// Adds the key, or gives it another place. Amortised O(1).
    public mutating func set(_ place: UInt32, for key: UInt64) {
        set(place, for: key, at: position(of: key))
    }

    /// As above, where the key's position is known.
    public mutating func set(_ place: UInt32, for key: UInt64, at position: Position) {
        precondition(place != Self.nowhere, "place \(place) stands for none")
        var slot = position.slot
        if slots[slot].place == Self.nowhere {
            if (count + 1) * 2 > slots.capacity {
                grow()
                slot = self.slot(of: key)
            }
            count += 1
        }
        slots[slot] = Slot(key: key, place: place)
    }

    /// Removes the key if it is there. What had to step over its slot moves back, so that no search
    /// ends early.
    public mutating func remove(_ key: UInt64) {
        var hole = slot(of: key)
        guard slots[hole].place != Self.nowhere else { return }
        count -= 1
        var next = (hole + 1) & mask
        while slots[next].place != Self.nowhere {
            let distance = (next - home(of: slots[next].key)) & mask
            if distance >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole].place = Self.nowhere
    }

    @inlinable
    func home(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: StableHash.mix(key ^ secret)) & mask
    }

    /// The key's slot, or the empty one where it would go.
    @inlinable
    func slot(of key: UInt64) -> Int {
        var slot = home(of: key)
        while slots[slot].place != Self.nowhere, slots[slot].key != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        var old = MappedArray<Slot>(capacity: slots.capacity * 2)
        swap(&old, &slots)
        for index in 0..<old.capacity where old[index].place != Self.nowhere {
            slots[slot(of: old[index].key)] = old[index]
        }
    }
}
