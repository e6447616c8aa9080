import Foundation
import TestSupport
import Testing

import Events

@Suite struct ExpressionFunctionTests {
    private static let parts = [
        "weekday", "hour", "minute", "second", "day", "month", "year", "dayOfYear",
    ]

    /// One instant of every day from 1970 to 2100.
    @Test(arguments: parts)
    func calendarAgreesWithFoundation(part: String) throws {
        let expression = try Events.Expression("\(part)(time)", in: ExpressionFixture.scope)
        var random = SeededGenerator(3)
        var fixture = ExpressionFixture()
        for day in 0..<47_847 {
            let millis = Double(day * 86_400_000 + Int.random(in: 0..<86_400_000, using: &random))
            fixture.values["time"] = .number(millis)
            let expected = ExpressionTree.calendarCall(part, millis)
            guard fixture.value(of: expression) == expected else {
                Issue.record("\(part)(\(millis)) is not \(String(describing: expected))")
                return
            }
        }
    }

    @Test(arguments: [
        ("weekday(0)", 4.0), ("year(-1)", 1969), ("month(-1)", 12), ("day(-1)", 31),
        ("hour(-1)", 23), ("dayOfYear(-1)", 365), ("weekday(-1)", 3),
        ("dayOfYear(1609372800000)", 366),  // 2020-12-31
        ("day(951782400000)", 29),  // 2000-02-29
        ("year(8.64e15)", 275_760), ("year(-8.64e15)", -271_821),
    ])
    func calendarHasNoEdges(source: String, expected: Double) throws {
        #expect(try ExpressionFixture().value(of: source) == .number(expected))
    }

    /// Distances by the arc tangent of cross and dot products of unit vectors (Vincenty's form).
    @Test func haversineAgreesWithVectors() throws {
        let expression = try Events.Expression(
            "haversine(lat1, lon1, lat2, lon2)", in: ExpressionFixture.scope)
        var random = SeededGenerator(5)
        for _ in 0..<5_000 {
            let place = (0..<4).map { _ in Double.random(in: -90...90, using: &random) }
            var fixture = ExpressionFixture()
            for (name, degrees) in zip(["lat1", "lon1", "lat2", "lon2"], place) {
                fixture.values[name] = .number(degrees)
            }
            guard case .number(let found) = fixture.value(of: expression) else {
                Issue.record("missing at \(place)")
                continue
            }
            #expect(abs(found - vectorDistance(place)) < 1e-6, "\(place)")
        }
    }

    private func vectorDistance(_ degrees: [Double]) -> Double {
        let r = degrees.map { $0 * .pi / 180 }
        let difference = r[3] - r[1]
        let east = cos(r[2]) * sin(difference)
        let north = cos(r[0]) * sin(r[2]) - sin(r[0]) * cos(r[2]) * cos(difference)
        let dot = sin(r[0]) * sin(r[2]) + cos(r[0]) * cos(r[2]) * cos(difference)
        return 6_371.0088 * atan2(hypot(east, north), dot)
    }

    /// Great-circle distances on the mean sphere, in kilometres.
    @Test(arguments: [
        ("haversine(48.8566, 2.3522, 51.5074, -0.1278)", 343.6),  // Paris, London
        ("haversine(40.7128, -74.0060, 51.5074, -0.1278)", 5_570.2),  // New York, London
        ("haversine(0, 0, 0, 90)", 10_007.557), ("haversine(90, 0, -90, 77)", 20_015.115),
        ("haversine(10, 20, 10, 20)", 0), ("haversine(0, -179, 0, 181)", 0),
    ])
    func haversineOfKnownPlaces(source: String, kilometres: Double) throws {
        guard case .number(let found) = try ExpressionFixture().value(of: source) else {
            Issue.record("missing")
            return
        }
        #expect(abs(found - kilometres) < 0.1, "\(found)")
    }

    @Test(arguments: [
        "1 / 0", "0 / 0", "1 % 0", "sqrt(-1)", "log(0)", "log1p(-1)", "exp(1000)", "1e308 * 10",
        "pow(0, -1)", "pow(-8, 0.5)", "clamp(1, 3, 2)", "haversine(91, 0, 0, 0)", "year(1e16)",
        "1 / 0 == 1 / 0", "coalesce(1 / 0, sqrt(-1))", "amount + 1", "amount == amount",
        "lower(merchant)", "merchant == 'a'", "amount in [1]", "night ? 1 : 2", "!night",
        "night && true", "night || false", "pow(amount, 0)", "min(1, amount)", "-amount",
    ])
    func isMissing(source: String) throws {
        let scope = ExpressionFixture.scope
        let direct = try Events.Expression(source, in: scope)
        #expect(ExpressionFixture().value(of: direct) == nil)
        let seen = try Events.Expression("isMissing(\(source)) && !has(\(source))", in: scope)
        #expect(ExpressionFixture().value(of: seen) == .bool(true))
    }

    @Test func infiniteSlotsAreMissing() throws {
        var fixture = ExpressionFixture()
        fixture.values["amount"] = .number(.infinity)
        #expect(try fixture.value(of: "amount > 1") == nil)
    }

    @Test func readsAreTheSlotsThatMatter() throws {
        func reads(_ source: String) throws -> [Int] {
            try Events.Expression(source, in: ExpressionFixture.scope).reads
        }
        #expect(try reads("time + amount * amount - time") == [0, 2])
        #expect(try reads("merchant == 'a' || night") == [8, 10])
        #expect(try reads("true || night") == [])
        #expect(try reads("false ? amount : n") == [3])
        #expect(try reads("1 + 2") == [])
    }

    @Test(arguments: [
        ("amount / customer_mean_1d + amount", ["amount", "customer_mean_1d"]),
        ("merchant.lower().startsWith('x') && has(card.country)", ["merchant", "card.country"]),
        ("lower(merchant).contains(part)", ["merchant", "part"]), ("true ? 1 : 'a", []),
        ("hour(time) in [1, 2]", ["time"]), ("hour + hour(hour)", ["hour"]),
    ])
    func namesAreFieldsAndFeatures(source: String, names: [String]) {
        #expect(Events.Expression.names(in: source) == names)
    }

    @Test func aLongTextHasNoDerivedText() throws {
        var fixture = ExpressionFixture()
        fixture.values["merchant"] = .text([UInt8](repeating: 65, count: 65_537))
        #expect(try fixture.value(of: "lower(merchant)") == nil)
        #expect(try fixture.value(of: "length(merchant)") == .number(65_537))
    }
}
