import TestSupport
import Testing

@testable import Drift

struct AnomalyTests {
    /// Amounts as people pay them: right-skewed, cents.
    private func amounts(_ seed: UInt64, _ count: Int = 2_000) -> [Double] {
        var samples = Samples(seed)
        return (0..<count).map { _ in
            let gauss = 50 + 20 * samples.normal()
            return (max(1, gauss) * 100).rounded() / 100
        }
    }

    private func names(
        _ baseline: [Double], _ window: [Double], _ origin: FeatureLineage.Origin = .init()
    ) -> [Anomaly] {
        DriftReport(
            [
                (
                    name: "x", baseline: FeatureProfile(exactly: baseline),
                    window: FeatureProfile(exactly: window)
                )
            ], policy: DriftPolicy(), lineage: FeatureLineage(["x": origin])
        ).features[0].anomalies
    }

    @Test(arguments: UInt64(0)..<10, [1_000, 0.001, 100, 60, 3_600])
    func aUnitIsNamed(seed: UInt64, factor: Double) {
        let window = amounts(seed + 50, 500).map { $0 * factor }
        #expect(names(amounts(seed), window) == [.unitChange(factor: factor)])
    }

    @Test(arguments: UInt64(0)..<10) func othersAreNamed(seed: UInt64) {
        let baseline = amounts(seed)
        let window = amounts(seed + 50, 500)
        #expect(names(baseline, window) == [])
        #expect(names(baseline, window.map { -$0 }) == [.signFlip])
        #expect(names(baseline, window.map { _ in 12 }) == [.constant(12)])
        let holes = window.enumerated().map { $0.offset % 2 == 0 ? .nan : $0.element }
        #expect(names(baseline, holes) == [.suddenNull(share: 0.5)])
        // A shift has no name of its own.
        #expect(names(baseline, window.map { $0 + 40 }) == [])
    }

    /// Three in a hundred are not zero: of 200 events none may be, and of 2,000 some should.
    @Test func aQuietWindowIsNoConstant() {
        let baseline = (0..<5_000).map { $0 % 33 == 0 ? 1 + Double($0 % 7) : 0 }
        #expect(names(baseline, Array(repeating: 0, count: 200)) == [])
        #expect(names(baseline, Array(repeating: 0, count: 2_000)) == [.constant(0)])
    }

    @Test(arguments: [-11, -5, -1, 1, 2, 9, 12]) func hoursThatMovedAreNamed(hours: Int) {
        func clock(_ seed: UInt64, _ shift: Int) -> [Double] {
            var samples = Samples(seed)
            return (0..<3_000).map { _ in
                let hour = Int((12 + 3 * samples.normal()).rounded())
                return Double(((hour + shift) % 24 + 24) % 24)
            }
        }
        var hour = FeatureLineage.Origin()
        hour.isHour = true
        #expect(names(clock(1, 0), clock(2, hours), hour) == [.timeZoneShift(hours: hours)])
        // A count has as many values, and no clock.
        #expect(!names(clock(1, 0), clock(2, hours)).contains(.timeZoneShift(hours: hours)))
    }

    /// Summer time forgotten: one hour of a smooth day moves few events, which counts of hours
    /// resolve. A day of other hours is no shift of the clock.
    @Test(arguments: UInt64(0)..<5) func oneHourOfASmoothDayIsNamed(seed: UInt64) {
        func hours(_ seed: UInt64, _ count: Int, shift: Int) -> [Double] {
            var samples = Samples(seed)
            return (0..<count).map { _ in
                var hour = (12 + 5.56 * samples.normal()).rounded(.down)
                while !(0..<24).contains(hour) {
                    hour = (12 + 5.56 * samples.normal()).rounded(.down)
                }
                return Double((Int(hour) + shift + 24) % 24)
            }
        }
        var hour = FeatureLineage.Origin()
        hour.isHour = true
        let week = hours(seed, 70_000, shift: 0)
        for shift in [-2, -1, 1, 2] {
            let day = hours(seed + 100, 10_000, shift: shift)
            #expect(names(week, day, hour) == [.timeZoneShift(hours: shift)])
        }
        #expect(names(week, hours(seed + 100, 10_000, shift: 0), hour) == [])
        // One event in seven comes two hours later: people sleep in, clocks are right.
        let late = hours(seed + 100, 10_000, shift: 0).enumerated().map { number, hour in
            number % 7 == 0 ? min(23, hour + 2) : hour
        }
        #expect(names(week, late, hour) == [])
    }

    /// Means fill with another unit bit by bit: they follow the field, whatever they look like.
    @Test func whatIsMadeOfABrokenFieldFollowsIt() throws {
        var amount = FeatureLineage.Origin()
        amount.fields = ["amount"]
        var mean = amount
        (mean.isDerived, mean.reachMillis) = (true, 100)
        let lineage = FeatureLineage(["amount": amount, "mean": mean, "other": mean])
        let before = FeatureProfile(exactly: amounts(1))
        let window = FeatureProfile(exactly: amounts(2, 500).map { $0 * 1_000 })
        let filling = FeatureProfile(exactly: amounts(3, 500).map { $0 * 60 })
        let report = DriftReport(
            [("amount", before, window), ("mean", before, filling)], policy: DriftPolicy(),
            weights: ["mean": FeatureWeight(weight: 1, center: 50)], lineage: lineage)
        #expect(report.features[0].anomalies == [.unitChange(factor: 1_000)])
        #expect(report.features[1].anomalies.isEmpty && report.features[1].follows == "amount")
        #expect(report.features[1].cause?.contains("follows `amount`") == true)
        // The field is masked itself, and what the model weighs is made of it.
        let page = report.readings(window: nil).first { $0.signal == .anomaly && $0.value == 1 }
        #expect(page?.subject == "amount" && page?.severityMax == .page)
        let alone = DriftReport(
            [("mean", before, filling), ("other", before, window)], policy: DriftPolicy(),
            lineage: lineage)
        #expect(alone.features.map(\.anomalies) == [[], [.unitChange(factor: 1_000)]])
        #expect(lineage.unsettled(after: 99) == ["mean", "other"])
        #expect(lineage.unsettled(after: 100).isEmpty)
    }

    @Test func swappedFieldsAreNamedWithEachOther() {
        var samples = Samples(4)
        let (a, b) = (amounts(1), samples.normals(2_000, mean: 5))
        let (c, d) = (amounts(2), samples.normals(2_000, mean: 5))
        let report = DriftReport(
            [
                ("a", FeatureProfile(exactly: a), FeatureProfile(exactly: d)),
                ("b", FeatureProfile(exactly: b), FeatureProfile(exactly: c)),
                ("c", FeatureProfile(exactly: a), FeatureProfile(exactly: c)),
            ], policy: DriftPolicy())
        #expect(report.features[0].anomalies == [.swapped(with: "b")])
        #expect(report.features[1].anomalies == [.swapped(with: "a")])
        #expect(report.features[2].anomalies.isEmpty)
    }

    @Test func aNewCategoryIsNamed() {
        let old = (0..<1_000).map { ["web", "app", "till"][$0 % 3] }
        let new = old.enumerated().map { $0.offset % 5 == 0 ? "voice" : $0.element }
        let report = DriftReport(
            [
                (
                    name: "channel", baseline: FeatureProfile(exactly: old as [String?]),
                    window: FeatureProfile(exactly: new as [String?])
                )
            ], policy: DriftPolicy())
        #expect(report.features[0].anomalies == [.newCategory("voice", share: 0.2)])
        let change = report.features[0].comparison[.largestChange]?.measured.value ?? 0
        #expect(abs(change - 0.2) < 1e-12)
    }
}
