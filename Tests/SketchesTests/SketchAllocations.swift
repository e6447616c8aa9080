import Bytes
import CAllocationCounter
import TestSupport
import Testing

@testable import Sketches

@Suite(.enabled(if: isOptimized, "an unoptimized build allocates by itself"))
struct SketchAllocations {
    /// A level more for each doubling of the stream, and nothing else.
    @Test func updatesAllocateOnlyForANewLevel() {
        var random = SeededGenerator(1)
        let values = (0..<300_000).map { _ in Double.random(in: 0..<1, using: &random) }
        var (quantiles, moments) = (QuantileSketch(), Moments())
        var (distinct, frequent) = (DistinctSketch(), FrequentItems())
        func take(_ range: Range<Int>) -> UInt64 {
            let before = allocation_count()
            quantiles.insert(values.span.extracting(range))
            moments.insert(values.span.extracting(range))
            for index in range {
                distinct.insert(hash: StableHash.mix(values[index].bitPattern))
                frequent.insert(values[index].bitPattern)
            }
            return allocation_count() - before
        }
        _ = take(0..<200_000)
        #expect(take(200_000..<250_000) < 100)
    }
}
