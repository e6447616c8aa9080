import Bytes
import Model
import Sparse
import TestSupport
import Testing

@testable import Registry

/// Rounded weights: representable, near, right on average, and as far off as is said.
struct QuantizedModelTests {
    private func model(_ count: Int, seed: UInt64, range: ClosedRange<Double>) -> ModelContent {
        var random = SeededGenerator(seed)
        var content = ModelContent.numbered(0)
        content.bound = 10
        content.features = (0..<count).map {
            .init(
                name: "f\($0)", definition: "d",
                weights: .numeric(
                    weight: .random(in: range, using: &random), .init(mean: 0, scale: 1)))
        }
        return content
    }

    private func weights(_ content: ModelContent) -> [Double] {
        content.features.map(\.leadingWeight).map { $0 ?? 0 }
    }

    @Test(arguments: QuantizedModel.Form.allCases)
    func weightsAreNeighboursOfTheExactOnes(form: QuantizedModel.Form) {
        let exact = model(5_000, seed: 1, range: -3.9...3.9)
        var random = SeededGenerator(2)
        let quantized = QuantizedModel(exact, as: form, using: &random)
        for (weight, found) in zip(weights(exact), weights(quantized.content)) {
            switch form {
            case .float32:
                let nearest = Float(weight)
                #expect(
                    [nearest.nextDown, nearest, nearest.nextUp].contains(Float(found))
                        && Double(Float(found)) == found)
            case .float16:
                let nearest = Float16(weight)
                #expect(
                    [nearest.nextDown, nearest, nearest.nextUp].contains(Float16(found))
                        && Double(Float16(found)) == found)
            case .fixed:
                #expect(found * 8_192 == (found * 8_192).rounded())
                #expect(abs(found - weight) < 1.0 / 8_192)
            }
        }
        #expect(quantized.loss.clamped == 0 && quantized.loss.weights == 5_000)
    }

    /// The mean of many roundings of one weight is the weight; a plain rounding would miss it.
    @Test(arguments: QuantizedModel.Form.allCases)
    func roundingIsRightOnAverage(form: QuantizedModel.Form) {
        var random = SeededGenerator(3)
        let weight = 0.700_030_1
        let count = 100_000
        let sum = (0..<count).reduce(0.0) { sum, _ in
            sum + (form.rounded(weight, using: &random) - weight)
        }
        let steps: [QuantizedModel.Form: Double] = [
            .float32: 5.96e-8, .float16: 4.88e-4, .fixed: 1.22e-4,
        ]
        let step = steps[form] ?? 0
        // Five standard errors; the standard deviation is at most half a step.
        let standardError = 0.5 * step / Double(count).squareRoot()
        #expect(abs(sum / Double(count)) < 5 * standardError)
    }

    /// Against the margins themselves, over vectors of independent standard normal features.
    @Test func theStatedErrorIsTheMeasuredOne() throws {
        let exact = model(200, seed: 4, range: -1...1)
        var random = SeededGenerator(5)
        let quantized = QuantizedModel(exact, as: .fixed, using: &random)
        let layout = try #require(
            FeatureLayout(
                exact.features.map { .init(name: $0.name, kind: .numeric, definition: "d") }))
        let before = try SparseModel(ModelArtifact(exact), for: layout)
        let after = try SparseModel(ModelArtifact(quantized.content), for: layout)
        let most = try #require(quantized.loss.marginErrorMax)
        var squares = 0.0
        let count = 4_000
        for _ in 0..<count {
            let vector = SparseVector(
                indices: Array(0..<200),
                values: (0..<200).map { _ in
                    (0..<12).reduce(-6.0) { sum, _ in sum + .random(in: 0..<1, using: &random) }
                })
            let error = after.margin(of: vector) - before.margin(of: vector)
            squares += error * error
            #expect(abs(error) <= most)
        }
        let measured = (squares / Double(count)).squareRoot()
        #expect(abs(measured / quantized.loss.marginError - 1) < 0.06)
    }

    @Test func whatDoesNotFitIsTold() {
        var exact = model(3, seed: 6, range: 5...9)
        exact.features[0].weights = .numeric(weight: 1e-9, .init(mean: 0, scale: 1))
        exact.features[1].weights = .numeric(weight: -70_000, .init(mean: 0, scale: 1))
        var random = SeededGenerator(7)
        let fixed = QuantizedModel(exact, as: .fixed, using: &random)
        #expect(fixed.loss.clamped == 2 && fixed.loss.vanished == 1)
        #expect(weights(fixed.content)[1] == -4)
        let half = QuantizedModel(exact, as: .float16, using: &random)
        #expect(half.loss.clamped == 1 && weights(half.content)[1] == -65_504)
    }

    @Test func theSameSeedGivesTheSameModel() throws {
        let exact = model(100, seed: 8, range: -1...1)
        var (a, b, c) = (SeededGenerator(9), SeededGenerator(9), SeededGenerator(10))
        let first = QuantizedModel(exact, as: .fixed, using: &a).content
        #expect(first == QuantizedModel(exact, as: .fixed, using: &b).content)
        #expect(first != QuantizedModel(exact, as: .fixed, using: &c).content)
    }

    // MARK: Packed

    private func packed(_ content: ModelContent, _ form: QuantizedModel.Form) -> [UInt8] {
        var writer = ByteWriter()
        PackedModel.write(content, as: form, exact: "abc", to: &writer)
        return writer.copy()
    }

    /// A model with numbers, a category and a feature that weighs nothing, rounded.
    private func mixed(_ form: QuantizedModel.Form) -> ModelContent {
        var content = model(20, seed: 11, range: -3...3)
        content.features += ModelContent.numbered(0).features
        content.features[3].weights = .numeric(weight: 0, .init(mean: 1, scale: 2))
        var random = SeededGenerator(12)
        return QuantizedModel(content, as: form, using: &random).content
    }

    @Test(arguments: QuantizedModel.Form.allCases)
    func whatIsPackedIsTheRoundedModel(form: QuantizedModel.Form) throws {
        let content = mixed(form)
        let bytes = packed(content, form)
        let (found, exact) = try PackedModel.content(parsing: unsafe bytes.span.bytes)
        #expect(exact == "abc")
        #expect(found.features == content.features.filter(\.isWeighed))
        #expect(found.intercept == content.intercept && found.bound == content.bound)
        #expect(found.name == content.name && found.objective == content.objective)
        #expect(try ModelArtifact(found).content == found)
    }

    @Test func theFrameIsPinned() throws {
        let golden = try #require(GoldenFile.bytes("packed-model-1.hex"))
        #expect(packed(.numbered(0), .fixed) == golden)
    }

    @Test(arguments: UInt64(0)..<200) func aDamagedFrameIsRefused(seed: UInt64) {
        var random = SeededGenerator(seed)
        let whole = packed(mixed(.float16), .float16)
        var bytes = whole
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes.removeSubrange(place...)
        default: bytes.append(0)
        }
        #expect(throws: FormatError.self) {
            try PackedModel.content(parsing: unsafe bytes.span.bytes)
        }
    }

    /// Frames with a right checksum around any payload: what they hold is checked as well.
    @Test(arguments: UInt64(0)..<200) func anyPayloadIsReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let whole = packed(mixed(.fixed), .fixed)
        var payload = Array(whole[16..<whole.count - 8])
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            payload[.random(in: 0..<payload.count, using: &random)] = .random(
                in: 0...255, using: &random)
        }
        if Bool.random(using: &random) {
            payload.removeLast(.random(in: 0..<payload.count, using: &random))
        }
        var writer = ByteWriter()
        writer.appendFrame(.packedModel, version: 1) { $0.append(unsafe payload.span.bytes) }
        let bytes = writer.copy()
        let content = try? PackedModel.content(parsing: unsafe bytes.span.bytes)
        if let content { _ = try? ModelArtifact(content.rounded) }
    }
}
