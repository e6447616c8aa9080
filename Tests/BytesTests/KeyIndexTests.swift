import Bytes
import TestSupport
import Testing

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
}
