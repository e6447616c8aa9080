import Model
import Testing

@testable import Registry

struct ScalerSentinelTests {
    private func warnings(_ live: [String: Standardization]) -> [ScaleWarning] {
        ScalerSentinel.warnings(.numbered(0)) { live[$0] }
    }

    /// `amount` was trained with mean 50 and scale 40.
    @Test(arguments: [1_000.0, 100, 1.0 / 1_000, 1_000_000, 60])
    func aChangedUnitIsNamed(factor: Double) throws {
        let live = Standardization(mean: 52 * factor, scale: 39 * factor)
        let warning = try #require(warnings(["amount": live]).first)
        #expect(warning.feature == "amount" && warning.factor == factor)
    }

    @Test func ordinaryDriftIsNone() {
        for live in [
            Standardization(mean: 50, scale: 40), .init(mean: 120, scale: 90),
            .init(mean: 10, scale: 5), .init(mean: 50, scale: 0), .init(mean: 45, scale: 0.04),
        ] {
            #expect(warnings(["amount": live]).isEmpty, "\(live)")
        }
    }

    @Test func aFarMeanHasNoFactor() throws {
        let warning = try #require(
            warnings(["amount": .init(mean: 900, scale: 41)]).first)
        #expect(warning.factor == nil && warning.trained == .init(mean: 50, scale: 40))
    }

    @Test func coefficientsOfRawValuesAreNotJudged() {
        var content = ModelContent.numbered(0)
        content.features[0].weights = .numeric(weight: 1, .identity)
        #expect(
            ScalerSentinel.warnings(content) { $0 == "amount" ? .init(mean: 52, scale: 39) : nil }
                .isEmpty)
    }

    @Test func whatIsNotSeenOrNotWeighedIsNotJudged() {
        var content = ModelContent.numbered(0)
        content.features[0].weights = .numeric(weight: 0, .init(mean: 50, scale: 40))
        #expect(
            ScalerSentinel.warnings(content) { _ in .init(mean: 1e9, scale: 1) }.map(\.feature)
                == ["night"])
        #expect(warnings([:]).isEmpty)
    }
}
