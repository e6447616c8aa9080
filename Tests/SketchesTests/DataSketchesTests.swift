import Bytes
import TestSupport
import Testing

@testable import Sketches

/// Against Apache DataSketches (PyPI `datasketches`), each sketch of about the same size, over the
/// same distributions: ours may not be less accurate by more than chance.
@Suite(
    .enabled(
        if: PythonProgram(importing: "datasketches", "numpy") != nil, "needs PyPI datasketches"))
struct DataSketchesTests {
    private static let source = """
        import sys, numpy, datasketches as d
        runs, count = 40, 30000
        rng = numpy.random.default_rng(1)
        ks, items, hll, top = [], 0, [], []
        for run in range(runs):
            values = rng.random(count)
            s = d.kll_doubles_sketch(200); s.update(values)
            v = numpy.sort(values); items = max(items, s.num_retained)
            cdf = numpy.array(s.get_cdf(v[99::100], True))[:-1]
            ks.append(numpy.abs(cdf - numpy.arange(100, count + 1, 100) / count).max())
            h = d.hll_sketch(11, d.tgt_hll_type.HLL_8)
            for i in range(count // 3): h.update(run * 1000000 + i)
            hll.append(h.get_estimate() / (count // 3) - 1)
            f = d.frequent_strings_sketch(7)
            for x in numpy.minimum(1 / rng.random(count) ** 2, 1e9).astype(int): f.update(str(x))
            top.append(f.epsilon)
        print(numpy.mean(ks), items, numpy.std(hll), numpy.mean(top))
        """

    @Test func atEqualSizeTheErrorsAreNoGreater() throws {
        let python = try #require(PythonProgram(importing: "datasketches", "numpy"))
        let output = try #require(python.output(of: Self.source))
        let numbers = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        try #require(numbers.count == 4, "\(output)")
        let (theirDistance, theirItems) = (numbers[0], numbers[1])
        var (distance, items, squares) = (0.0, 0, 0.0)
        let (runs, count) = (40, 30_000)
        for run in 0..<runs {
            var random = SeededGenerator(UInt64(run))
            var values = (0..<count).map { _ in Double.random(in: 0..<1, using: &random) }
            var sketch = QuantileSketch(k: Self.k, seed: UInt64(run))
            sketch.insert(values.span)
            values.sort()
            let estimated = sketch.distribution()
            items = max(items, estimated.values.count)
            distance += stride(from: 99, to: count, by: 100).reduce(0) {
                max($0, abs(estimated.share(atMost: values[$1]) - Double($1 + 1) / Double(count)))
            }
            var distinct = DistinctSketch(precision: 11)
            for value in 0..<count / 3 {
                distinct.insert(hash: StableHash.mix(UInt64(run * 1_000_000 + value)))
            }
            let error = distinct.estimate / Double(count / 3) - 1
            squares += error * error
        }
        #expect(Double(items) <= 1.1 * theirItems, "\(items), theirs \(theirItems)")
        let mean = distance / Double(runs)
        #expect(mean < 1.1 * theirDistance, "\(mean), theirs \(theirDistance)")
        let deviation = (squares / Double(runs)).squareRoot()
        #expect(deviation < 1.35 * numbers[2], "\(deviation), theirs \(numbers[2])")
        // Theirs keeps 3/4 of 2^7 items.
        #expect(2.0 / 96 < numbers[3], "stated error of counts, theirs \(numbers[3])")
    }

    private static let k = 200
}
