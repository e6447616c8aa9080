import Bytes
import Model
import Sparse
import TestSupport
import Testing

@testable import Usage

struct UsageTableTests {
    private static let space = FeatureSpace(numericCount: 2, blockBits: [2])

    private static func model(_ version: String) throws -> SparseModel {
        var model = SparseModel(
            space: try #require(space), loss: .logistic, version: version)
        model.set(2, at: 0, Standardization(mean: 1, scale: 1))
        model.set(-1, at: 4)
        return model
    }

    /// The category moves the margin by -1, the first number by 2 (x - 1), the second by nothing.
    @Test func countsAreThoseOfTheDefinition() throws {
        let model = try Self.model("a")
        var table = UsageTable(inputCount: 3)
        var contributions: [Double] = []
        table.setModel("a")
        for (time, value) in [(5, 1.25), (6, 3.0), (7, 1.0)] {
            let vector = SparseVector(indices: [0, 1, 4], values: [value, 9, 1])
            let margin = model.margin(of: vector, contributions: &contributions)
            table.observe(
                vector, contributions, space: model.space, margin: margin, threshold: 0,
                timeMillis: Int64(time))
        }
        let usage = try #require(table.models.last)
        #expect(usage.events == 3 && usage.moved == 7.5)
        let (first, second, category) = (usage.inputs[0], usage.inputs[1], usage.inputs[2])
        #expect(first.present == 3 && first.weighed == 2 && first.topReasons == 1)
        #expect(first.moved == 4.5 && first.crossings == 1)
        #expect(first.firstUseMillis == 5 && first.lastUseMillis == 6)
        #expect(second.present == 3 && second.weighed == 0 && second.firstUseMillis == nil)
        #expect(category.weighed == 3 && category.topReasons == 2 && category.moved == 3)
        #expect(category.crossings == 2, "margins -0.5 and -1 are 0.5 and 0 without it")
        #expect(usage.share(of: 0) == 0.6)
    }

    @Test func modelsAreKeptApartUpToALimit() throws {
        var table = UsageTable(inputCount: 3)
        var contributions: [Double] = []
        let vector = SparseVector(indices: [0], values: [2])
        for version in ["online-1", "online-2", "a", "b", "online-3", "c", "d"] {
            let model = try Self.model(version)
            table.setModel(version)
            _ = model.margin(of: vector, contributions: &contributions)
            table.observe(
                vector, contributions, space: model.space, margin: 2, threshold: nil,
                timeMillis: 1)
        }
        #expect(table.models.map(\.model) == ["b", "online", "c", "d"])
        #expect(table.models.map(\.events) == [1, 3, 1, 1])
        #expect(table.earlier.events == 1)
        #expect(table.total.events == 7 && table.total.inputs[0].weighed == 7)
        var writer = ByteWriter()
        table.append(to: &writer)
        let bytes = writer.copy()
        var restored = UsageTable(inputCount: 3)
        var reader = ByteReader(unsafe bytes.span.bytes)
        try restored.restore(from: &reader)
        #expect(restored.models == table.models && restored.earlier == table.earlier)
        for end in stride(from: 0, to: bytes.count, by: 7) {
            let cut = Array(bytes[..<end])
            var reader = ByteReader(unsafe cut.span.bytes)
            #expect(throws: FormatError.self) { try restored.restore(from: &reader) }
        }
    }
}
