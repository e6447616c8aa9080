import TestSupport
import Testing

@testable import Bytes

/// An index of keys is a dictionary.
struct KeyIndexTests {
    @Test(arguments: UInt64(0)..<8) func anIndexIsADictionary(seed: UInt64) {
        var random = SeededGenerator(seed)
        var index = KeyIndex()
        var dictionary: [UInt64: UInt32] = [:]
        // Few keys meet often; 0 is a key like any other.
        let keys = (0..<3_000).map { $0 < 1_500 ? UInt64($0) : random.next() }
        for step in UInt32(1)...20_000 {
            guard let key = keys.randomElement(using: &random) else { continue }
            index.prefetch(key)
            // Grows in the first half, shrinks in the second; what is there is set anew, what is
            // not there is removed in vain.
            if UInt64.random(in: 0..<10, using: &random) < (step < 10_000 ? 7 : 3) {
                index.set(step, for: key)
                dictionary[key] = step
            } else {
                index.remove(key)
                dictionary[key] = nil
            }
            #expect(index[key] == dictionary[key] ?? KeyIndex.nowhere)
        }
        #expect(index.count == dictionary.count)
        for key in keys { #expect(index[key] == dictionary[key] ?? KeyIndex.nowhere) }
        #expect(index.bytes <= 64 * 3_000)
    }

    /// Whoever makes up keys cannot have them meet: `mix` is public, and has an inverse.
    @Test func keysMadeUpToMeetAreSpread() {
        let index = KeyIndex()
        let keys = (0..<500).map { Self.unmix(UInt64($0) << 32) }
        for (number, key) in keys.enumerated() {
            #expect(StableHash.mix(key) == UInt64(number) << 32)
        }
        // Of 1,024 slots, 500 random keys have 395 in common, within 10 or so.
        #expect(Set(keys.map { index.home(of: $0) }).count > 300)
    }

    /// The inverse of `StableHash.mix`.
    private static func unmix(_ value: UInt64) -> UInt64 {
        var x = value
        for factor: UInt64 in [0xc4ce_b9fe_1a85_ec53, 0xff51_afd7_ed55_8ccd] {
            // Newton's iteration: each round doubles the bits that are right.
            var inverse = factor
            for _ in 0..<5 { inverse = inverse &* (2 &- factor &* inverse) }
            x = (x ^ (x >> 33)) &* inverse
        }
        return x ^ (x >> 33)
    }
}
