import Model
import Sparse
import TestSupport
import Testing

@testable import Training

@Suite struct ExampleLogTests {
    private func example(_ time: Int64, _ entries: [(UInt32, Double)]) -> PendingExample {
        var example = PendingExample()
        example.timeMillis = time
        example.vector = SparseVector(indices: entries.map(\.0), values: entries.map(\.1))
        return example
    }

    @Test func numericInputsMakeADenseTableInTheOrderOfTime() throws {
        let space = try #require(FeatureSpace(numericCount: 2))
        var log = ExampleLog(space: space)
        log.append(example(30, [(0, 3), (1, 0.5)]), label: 1, weight: 1)
        log.append(example(10, [(1, 7)]), label: 0, weight: 1)
        log.append(example(50, [(0, 9)]), label: 1, weight: 1)
        var other = log
        #expect(log.count(after: 40) == 1)
        let table = log.takeTable(through: 40)
        #expect(log.count == 0)
        #expect(table.times == [10, 30] && table.examples.labels == [0, 1])
        #expect(table.examples.weights == nil)
        guard case .dense(let matrix) = table.examples.matrix else {
            Issue.record("not dense")
            return
        }
        #expect(matrix[0, 0].isNaN && matrix[0, 1] == 7 && matrix[1, 0] == 3)
        var same = other
        #expect(same.takeTable(from: 10, through: 49).digest == table.digest)
        #expect(other.takeTable(from: 11).digest != table.digest)
    }

    @Test func hashedInputsGetAColumnForEachBucketThatOccurs() throws {
        let space = try #require(FeatureSpace(numericCount: 1, blockBits: [4]))
        var log = ExampleLog(space: space)
        log.append(example(1, [(0, 2), (9, 1)]), label: 1, weight: 2)
        log.append(example(2, [(4, 1)]), label: 0, weight: 1)
        let table = log.takeTable()
        #expect(table.indices == [0, 4, 9] && table.examples.weights == [2, 1])
        guard case .compressed(let matrix) = table.examples.matrix else {
            Issue.record("not compressed")
            return
        }
        let numeric = Array(matrix.column(0).values)
        #expect(numeric[0] == 2 && numeric[1].isNaN)
        #expect(Array(matrix.column(1).rows) == [1] && Array(matrix.column(2).rows) == [0])
        let design = try Design(table.examples)
        #expect(design.scaling[1] == .identity && design.scaling[2] == .identity)
    }

    @Test func aFullLogCountsWhatItLeavesOut() throws {
        let space = try #require(FeatureSpace(numericCount: 2))
        var log = ExampleLog(space: space, valuesMax: 3)
        for time in Int64(0)..<5 {
            log.append(example(time, [(0, 1), (1, 1)]), label: 0, weight: 1)
        }
        #expect(log.count == 1 && log.leftOut == 4)
    }
}
