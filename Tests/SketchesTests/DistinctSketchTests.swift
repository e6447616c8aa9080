import Bytes
import TestSupport
import Testing

@testable import Sketches

struct DistinctSketchTests {
    /// The stated error is a standard deviation: over many runs the root mean square error is no
    /// greater (by more than chance, 20 %), and the mean error is none.
    @Test(arguments: [1, 10, 100, 1_000, 3_000, 10_000])
    func errorIsAsStated(count: Int) {
        let runs = 100
        var (sum, squares) = (0.0, 0.0)
        for run in 0..<runs {
            var sketch = DistinctSketch(precision: 10)
            for value in 0..<count {
                let hash = StableHash.mix(UInt64(run * 1_000_000 + value + 1))
                sketch.insert(hash: hash)
                if value % 3 == 0 { sketch.insert(hash: hash) }
            }
            let error = sketch.estimate / Double(count) - 1
            sum += error
            squares += error * error
        }
        let stated = DistinctSketch(precision: 10).relativeError
        let rootMeanSquare = (squares / Double(runs)).squareRoot()
        #expect(rootMeanSquare < 1.2 * stated, "\(rootMeanSquare) of \(stated)")
        #expect(abs(sum / Double(runs)) < 3.3 * stated / Double(runs).squareRoot())
    }

    @Test func emptyFullAndBatched() {
        var sketch = DistinctSketch(precision: 4)
        #expect(sketch.estimate == 0)
        for register in UInt64(0)..<16 { sketch.insert(hash: register << 60) }
        #expect(sketch.estimate > 1e17, "every register at its end")
        let hashes = (0..<500).map { StableHash.mix(UInt64($0)) }
        var (single, batched) = (DistinctSketch(), DistinctSketch())
        for hash in hashes { single.insert(hash: hash) }
        batched.insert(hashes: hashes.span)
        #expect(single == batched)
    }
}
