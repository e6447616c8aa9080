import Bytes
import TestSupport
import Testing

@testable import Sketches

/// A sketch as the common checks need it: how to make, fill and question one.
struct SketchUnderTest<Kind: Sketch>: Sendable {
    var make: @Sendable () -> Kind
    var insert: @Sendable (inout Kind, Double) -> Void
    /// Whether two sketches of the same stream tell the same, within what each promises.
    var agree: @Sendable (Kind, Kind) -> Bool

    func filled(_ values: some Sequence<Double>) -> Kind {
        var sketch = make()
        for value in values { insert(&sketch, value) }
        return sketch
    }
}

/// Streams with ties, outliers, and of lengths around the sketches' own sizes.
private func stream(_ seed: UInt64) -> [Double] {
    var random = SeededGenerator(seed)
    let count = [0, 1, 2, 7, 63, 64, 65, 200, 500, 3_000, 20_000][Int(seed) % 11]
    return (0..<count).map { _ in
        switch Int.random(in: 0..<4, using: &random) {
        case 0: Double(Int.random(in: -3...3, using: &random))
        case 1: Double.random(in: -1e6...1e6, using: &random)
        default: Double.random(in: 0...1, using: &random)
        }
    }
}

extension SketchUnderTest {
    /// What every sketch must pass.
    func checkLaws(seed: UInt64) throws {
        let (a, b, c) = (stream(seed), stream(seed &+ 4), stream(seed &+ 9))
        let (first, second, third) = (filled(a), filled(b), filled(c))
        var merged = first
        merged.merge(make())
        #expect(merged == first, "an empty one is neutral, seed \(seed)")
        merged = make()
        merged.merge(first)
        #expect(agree(merged, first), "to an empty one, seed \(seed)")
        var (left, right) = (first, second)
        left.merge(second)
        right.merge(first)
        #expect(agree(left, right), "commutative, seed \(seed)")
        #expect(agree(left, filled(a + b)), "like one stream, seed \(seed)")
        left.merge(third)
        right = second
        right.merge(third)
        merged = first
        merged.merge(right)
        #expect(agree(left, merged), "associative, seed \(seed)")
        try checkResumption(first, then: b, seed: seed)
        for sketch in [first, left, merged] { checkSize(sketch) }
    }

    /// The same calls give the same bytes, and reading back resumes bit for bit.
    private func checkResumption(_ sketch: Kind, then values: [Double], seed: UInt64) throws {
        var restored = try restored(bytes(of: sketch))
        var original = sketch
        #expect(restored == original, "read back, seed \(seed)")
        for value in values {
            insert(&restored, value)
            insert(&original, value)
        }
        #expect(bytes(of: restored) == bytes(of: original), "resumed, seed \(seed)")
        restored.removeAll()
        #expect(restored.isEmpty)
        #expect(restored.isEmpty == make().isEmpty)
    }

    private func checkSize(_ sketch: Kind) {
        let count = bytes(of: sketch).count
        #expect(count <= sketch.byteCountMax + 128, "\(count) of \(sketch.byteCountMax) bytes")
    }

    /// Every cut and every flipped bit throws; so does noise behind a right checksum, or it gives
    /// a sketch that can be used.
    func checkHostileFrames() throws {
        let bytes = bytes(of: filled(stream(7)))
        for end in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
            #expect(throws: FormatError.self) { try restored(Array(bytes[..<end])) }
        }
        for bit in stride(from: 0, to: bytes.count * 8, by: max(1, bytes.count / 40)) {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: FormatError.self, "bit \(bit)") { try restored(flipped) }
        }
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed)
            var payload = Array(bytes[16..<bytes.count - 8])
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<min(payload.count, 90), using: &random)
                payload[place] = [0, 1, 0x7f, 0xff].randomElement(using: &random) ?? 0
            }
            guard var sketch = try? restored(framed(payload)) else { continue }
            sketch.merge(filled(stream(8)).matching(sketch) ?? sketch)
        }
    }

    func bytes(of sketch: Kind) -> [UInt8] {
        var writer = ByteWriter()
        sketch.append(to: &writer)
        return writer.copy()
    }

    private func framed(_ payload: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.appendFrame(Kind.frameKind, version: Kind.frameVersion) {
            unsafe $0.append(payload.span.bytes)
        }
        return writer.copy()
    }

    func restored(_ bytes: [UInt8]) throws(FormatError) -> Kind {
        var reader = ByteReader(unsafe bytes.span.bytes)
        let sketch = try Kind(from: &reader)
        try reader.end()
        return sketch
    }
}

extension Sketch {
    /// This sketch if it can be merged with the other, as far as its settings show in its size.
    fileprivate func matching(_ other: Self) -> Self? {
        byteCountMax == other.byteCountMax ? self : nil
    }
}

struct SketchLawsTests {
    static let moments = SketchUnderTest(
        make: { Moments() }, insert: { $0.insert($1) },
        agree: { a, b in
            func near(_ x: Double, _ y: Double, _ scale: Double) -> Bool {
                (x.isNaN && y.isNaN) || abs(x - y) <= 1e-9 * (scale + abs(x) + abs(y))
            }
            let spread = a.variance.isNaN ? 0 : a.variance.squareRoot()
            return a.count == b.count && (a.isEmpty || (a.min == b.min && a.max == b.max))
                && near(a.mean, b.mean, spread) && near(a.variance, b.variance, 0)
                && near(a.skewness, b.skewness, 1) && near(a.kurtosis, b.kurtosis, 1)
        })
    static let quantiles = SketchUnderTest(
        make: { QuantileSketch(k: 200) }, insert: { $0.insert($1) },
        agree: { a, b in
            let (left, right) = (a.distribution(), b.distribution())
            guard a.count == b.count, a.min == b.min, a.max == b.max else { return false }
            return (left.values + right.values).allSatisfy {
                abs(left.share(atMost: $0) - right.share(atMost: $0)) <= 2 * a.distributionError
            }
        })
    static let distinct = SketchUnderTest(
        make: { DistinctSketch() },
        insert: { $0.insert(hash: StableHash.mix(($1 + 0).bitPattern)) }, agree: { $0 == $1 })
    static let frequent = SketchUnderTest(
        make: { FrequentItems(capacity: 64) }, insert: { $0.insert($1.bitPattern) },
        agree: { a, b in
            guard a.total == b.total else { return false }
            return (a.entries() + b.entries()).allSatisfy {
                let (left, right) = (a.entry(of: $0.item), b.entry(of: $0.item))
                return left.least <= right.most && right.least <= left.most
            }
        })

    @Test(arguments: UInt64(0)..<33) func ofMoments(seed: UInt64) throws {
        try Self.moments.checkLaws(seed: seed)
    }

    @Test(arguments: UInt64(0)..<33) func ofQuantiles(seed: UInt64) throws {
        try Self.quantiles.checkLaws(seed: seed)
    }

    @Test(arguments: UInt64(0)..<33) func ofDistinct(seed: UInt64) throws {
        try Self.distinct.checkLaws(seed: seed)
    }

    @Test(arguments: UInt64(0)..<33) func ofFrequentItems(seed: UInt64) throws {
        try Self.frequent.checkLaws(seed: seed)
    }

    @Test func hostileFrames() throws {
        try Self.moments.checkHostileFrames()
        try Self.quantiles.checkHostileFrames()
        try Self.distinct.checkHostileFrames()
        try Self.frequent.checkHostileFrames()
    }

    /// The stored forms are pinned; a change of layout needs a new version.
    @Test func goldenFrames() throws {
        let values = (0..<300).map { Double($0 * 37 % 101) / 4 }
        func check<Kind>(_ sketch: SketchUnderTest<Kind>, _ name: String) throws {
            let golden = try #require(GoldenFile.bytes(name))
            #expect(sketch.bytes(of: sketch.filled(values)) == golden)
            #expect(try sketch.restored(golden) == sketch.filled(values))
        }
        try check(Self.moments, "moments-1.hex")
        try check(Self.quantiles, "quantile-sketch-1.hex")
        var small = Self.distinct
        small.make = { DistinctSketch(precision: 6) }
        try check(small, "distinct-sketch-1.hex")
        try check(Self.frequent, "frequent-items-1.hex")
    }
}
