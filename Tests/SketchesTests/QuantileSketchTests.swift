import Bytes
import TestSupport
import Testing

@testable import Sketches

struct QuantileSketchTests {
    enum Shape: CaseIterable {
        case uniform, ascending, descending, fewValues, outliers, blocks
    }

    private static func values(
        _ shape: Shape, count: Int, _ random: inout SeededGenerator
    ) -> [Double] {
        (0..<count).map { index in
            switch shape {
            case .uniform: Double.random(in: 0..<1, using: &random)
            case .ascending: Double(index)
            case .descending: -Double(index)
            case .fewValues: Double(Int.random(in: 0..<6, using: &random))
            case .outliers: 1 / Double.random(in: 1e-9..<1, using: &random)
            case .blocks: Double(index / 97 * 7_919 % 1_009)
            }
        }
    }

    /// The largest difference between the estimated and the true distribution, and that at the
    /// median.
    private static func errors(
        _ sketch: QuantileSketch, _ values: [Double]
    ) -> (distribution: Double, median: Double) {
        let sorted = values.sorted()
        let estimated = sketch.distribution()
        var (worst, atMedian) = (0.0, 0.0)
        for place in sorted.indices {
            let isLast = place == sorted.count - 1 || sorted[place + 1] != sorted[place]
            guard isLast else { continue }
            let share = Double(place + 1) / Double(sorted.count)
            let error = abs(estimated.share(atMost: sorted[place]) - share)
            worst = max(worst, error)
            if sorted[place] >= sorted[sorted.count / 2], atMedian == 0 { atMedian = error }
        }
        return (worst, atMedian)
    }

    /// The promise is for 99 %; of 60 runs, 5 failures have a probability below 1e-3.
    @Test(arguments: Shape.allCases, [1_000, 9_000])
    func errorsKeepThePromise(shape: Shape, count: Int) {
        var (overDistribution, overRank) = (0, 0)
        for seed in UInt64(0)..<60 {
            var random = SeededGenerator(seed)
            let values = Self.values(shape, count: count, &random)
            var sketch = QuantileSketch(k: 100, seed: seed)
            sketch.insert(values.span)
            #expect(sketch.weight == UInt64(count))
            let (distribution, median) = Self.errors(sketch, values)
            if distribution > sketch.distributionError { overDistribution += 1 }
            if median > sketch.rankError { overRank += 1 }
        }
        #expect(overDistribution < 5, "\(overDistribution) of 60")
        #expect(overRank < 5, "\(overRank) of 60")
    }

    /// Long enough for the sampler, whole and merged from parts of very different lengths.
    @Test(arguments: UInt64(0)..<6) func longStreamsAndMergesKeepThePromise(seed: UInt64) {
        var random = SeededGenerator(seed)
        let values = Self.values(.uniform, count: 60_000, &random)
        var whole = QuantileSketch(k: 20, seed: seed)
        whole.insert(values.span)
        #expect(whole.shift > 0)
        #expect(whole.weight == whole.count)
        #expect(Self.errors(whole, values).distribution < whole.distributionError)
        var merged = QuantileSketch(k: 20, seed: seed)
        var start = 0
        while start < values.count {
            let length = [3, 200, 30_000].randomElement(using: &random) ?? 1
            let end = min(values.count, start + length)
            var part = QuantileSketch(k: 20, seed: seed)
            part.insert(values.span.extracting(start..<end))
            if Bool.random(using: &random) { swap(&part, &merged) }
            merged.merge(part)
            #expect(merged.weight == merged.count)
            start = end
        }
        #expect(Self.errors(merged, values).distribution < merged.distributionError)
    }

    @Test func upToKItIsExact() {
        let values = (0..<199).map { Double($0 * 31 % 199) }
        var sketch = QuantileSketch(k: 200)
        sketch.insert(values.span)
        let distribution = sketch.distribution()
        for place in 0..<199 {
            #expect(distribution.quantile((Double(place) + 0.5) / 199) == Double(place))
            #expect(distribution.share(below: Double(place)) == Double(place) / 199)
        }
        #expect(distribution.quantile(0) == 0)
        let shares = distribution.shares(splitAt: [-1, 99, 500])
        #expect(shares.count == 4)
        #expect(shares[0] == 0 && abs(shares[1] - 100 / 199) < 1e-15 && shares[3] == 0)
    }

    /// A sketch that got levels by merging has less room in its buffer; what is over moves up, so
    /// that the sketch can be stored, and further values find room.
    @Test(arguments: UInt64(0)..<40) func mergedSketchesKeepWithinTheirBuffer(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed)
        var sketch = QuantileSketch()
        for _ in 0..<6 {
            var part = QuantileSketch()
            for value in 0..<Int.random(in: 1...700, using: &random) { part.insert(Double(value)) }
            sketch.merge(part)
            #expect(sketch.buffer.count < sketch.bufferCapacity)
            var writer = ByteWriter()
            sketch.append(to: &writer)
            let bytes = writer.copy()
            var reader = unsafe ByteReader(bytes.span.bytes)
            #expect(try QuantileSketch(from: &reader) == sketch)
        }
    }

    /// Items of high levels stand for so many values that their sum would be 2^64.
    @Test func aWeightBeyondAllCountsIsRefused() {
        var writer = ByteWriter()
        writer.appendFrame(QuantileSketch.frameKind, version: QuantileSketch.frameVersion) {
            $0.append(fixed: UInt32(32_768))
            $0.append(fixed: UInt64(1))  // count
            for value in [1.0, 1.0] { $0.append(fixed: value) }  // min, max
            $0.append(fixed: UInt64(0))  // coin
            $0.append(fixed: UInt8(46))  // shift
            $0.append(fixed: 1.0)  // sampler: item, seen, chosen
            for _ in 0..<2 { $0.append(fixed: UInt64(0)) }
            $0.append(fixed: UInt8(2))  // levels
            for count in [0, 2, 65_535] {
                $0.append(count: count)
                for _ in 0..<count { $0.append(fixed: 1.0) }
            }
        }
        let bytes = writer.copy()
        #expect(throws: FormatError.self) {
            var reader = unsafe ByteReader(bytes.span.bytes)
            _ = try QuantileSketch(from: &reader)
        }
    }

    @Test func oneByOneAndInBatchesAreTheSame() {
        var random = SeededGenerator(3)
        let values = Self.values(.outliers, count: 60_000, &random)
        var (single, batched) = (QuantileSketch(k: 16), QuantileSketch(k: 16))
        for value in values { single.insert(value) }
        var start = 0
        while start < values.count {
            let end = min(values.count, start + Int.random(in: 1...700, using: &random))
            batched.insert(values.span.extracting(start..<end))
            start = end
        }
        #expect(single == batched)
        #expect(single.shift > 0)
    }

    @Test func sortingIsRight() {
        for count in Array(0..<300) + [511, 512, 513, 1_024, 1_700, 5_000] {
            var random = SeededGenerator(UInt64(count))
            var values = (0..<count).map { _ in Double(Int.random(in: 0..<150, using: &random)) }
            if count % 7 == 3 { values[0] = -.infinity }
            let sorted = values.sorted()
            SortedRun.sort(&values)
            #expect(values == sorted)
        }
    }

    @Test func anEmptyOneKnowsNothing() {
        let distribution = QuantileSketch().distribution()
        #expect(distribution.quantile(0.5).isNaN)
        #expect(distribution.share(atMost: 1).isNaN)
        #expect(distribution.shares(splitAt: [0]).allSatisfy { $0.isNaN })
    }
}
