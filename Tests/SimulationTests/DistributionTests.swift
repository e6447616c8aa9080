import Foundation
import Testing

@testable import Simulation

/// The default settings against what the handbook publishes of its own data (chapter 3: 1,754,155
/// payments in 183 days, of which 978, 9,099 and 4,604 are frauds of scenarios 1, 2 and 3), and
/// against those data where they are at hand.
@Suite struct DistributionTests {
    private static let days = 30
    private static let simulator = Result { try warmSimulator(days: days) }
    private static let payments = simulator.map { sentPayments($0).map(\.payment) }

    private static func warmSimulator(days: Int) throws -> PaymentSimulator {
        var settings = SimulationSettings()
        settings.days = days
        settings.labels = .fraudsOnly
        settings.startsWarm = true
        return try PaymentSimulator(settings, seed: 11)
    }

    /// The number of payments depends on the population: the standard error of the sum of 5,000
    /// customers' means, uniform in 0…4, is 0.8 %.
    @Test func asManyPaymentsADay() throws {
        let daily = Double(try Self.payments.get().count) / Double(Self.days)
        #expect(abs(daily / (1_754_155.0 / 183) - 1) < 0.03)
    }

    /// Mean and spread of amounts, of the law as such: means uniform in 5…100, deviations half.
    @Test func amountsHaveTheirMeanAndSpread() throws {
        let amounts = try Self.payments.get().filter { $0.scenario != .cardCompromised }
            .map(\.amount)
        let mean = amounts.reduce(0, +) / Double(amounts.count)
        let square = amounts.map { $0 * $0 }.reduce(0, +) / Double(amounts.count)
        #expect(abs(mean / 53.3 - 1) < 0.03)
        #expect(abs((square - mean * mean).squareRoot() / 41 - 1) < 0.05)
        #expect(amounts.allSatisfy { $0 >= 0 })
    }

    struct Published: Sendable {
        let scenario: FraudScenario
        let count: Double
        let days: Double
        let tolerance: Double
    }

    /// The handbook starts cold: of its 183 days, the rise to full strength takes away half of 28
    /// days in scenario 2 and half of 14 in scenario 3.
    static let published = [
        Published(scenario: .largeAmount, count: 978, days: 183, tolerance: 0.4),
        Published(scenario: .terminalCompromised, count: 9_099, days: 169, tolerance: 0.15),
        Published(scenario: .cardCompromised, count: 4_604, days: 176, tolerance: 0.15),
    ]

    @Test(arguments: published) func asManyFraudsADay(_ published: Published) throws {
        let count = try Self.payments.get().count { $0.scenario == published.scenario }
        let daily = Double(count) / Double(Self.days)
        let expected = published.count / published.days
        #expect(abs(daily / expected - 1) < published.tolerance, "\(daily) against \(expected)")
    }

    @Test func aColdStartHasFewFraudsAtFirst() throws {
        var settings = SimulationSettings()
        settings.days = 3
        let cold = sentPayments(try PaymentSimulator(settings, seed: 11)).map(\.payment)
        let share = Double(cold.count { $0.scenario != .genuine }) / Double(cold.count)
        #expect(share < 0.002)
    }

    /// Scenario 1 and its converse; scenario 2 takes all payments of a terminal and day or none;
    /// scenario 3 takes a third of a customer's payments, of five times the amount.
    @Test func scenariosAreWhatTheySay() throws {
        let payments = try Self.payments.get()
        let large = payments.filter { $0.amount > 220 }
        #expect(large.allSatisfy { $0.scenario != .genuine })
        #expect(payments.allSatisfy { $0.scenario != .largeAmount || $0.amount > 220 })

        let compromised = Set(
            payments.filter { $0.scenario == .terminalCompromised }.map(Self.terminalDay))
        let there = payments.filter { compromised.contains(Self.terminalDay($0)) }
        #expect(
            there.allSatisfy { [.terminalCompromised, .cardCompromised].contains($0.scenario) })

        let stolen = payments.filter { $0.scenario == .cardCompromised }
        let means = Dictionary(
            grouping: payments.filter { $0.scenario == .genuine }, by: \.customer
        )
        .mapValues { $0.map(\.amount).reduce(0, +) / Double($0.count) }
        let ratio =
            stolen.map(\.amount).reduce(0, +)
            / stolen.compactMap { means[$0.customer] }.reduce(0, +)
        #expect(abs(ratio / 5 - 1) < 0.1)
        let online = Double(stolen.count { $0.channel == .online }) / Double(stolen.count)
        #expect(abs(online - 0.84) < 0.07)
    }

    private static func terminalDay(_ payment: Payment) -> [Int64] {
        [Int64(payment.terminal), payment.timeMillis / 86_400_000]
    }

    @Test func terminalsAreNearAndCategoriesAreKnown() throws {
        for payment in try Self.payments.get() {
            let (here, there) = (payment.customerPosition, payment.terminalPosition)
            let north = 100 * (there.latitude - here.latitude)
            let east = 100 * (there.longitude - here.longitude)
            #expect(north * north + east * east < 25.000_001)
            #expect(payment.merchantCategory != .cryptocurrency && payment.channel != .voice)
            #expect((payment.device == .terminal) == (payment.channel != .online))
        }
    }

    @Test(.enabled(if: HandbookData.isPresent, "no handbook data beside the package"))
    func agreesWithTheHandbooksOwnData() throws {
        let theirs = try HandbookData.firstDays()
        let ours = try Self.payments.get().prefix { $0.timeMillis < theirs.endMillis }
        #expect(abs(Double(ours.count) / Double(theirs.amounts.count) - 1) < 0.03)
        // The customers' means differ by the population: 5,000 draws against 5,000.
        #expect(distance(ours.map(\.amount), theirs.amounts) < 0.04)
        let seconds = ours.map { Double($0.timeMillis % 86_400_000) / 1_000 }
        #expect(distance(seconds, theirs.secondsOfDay) < 0.01)
    }

    /// Kolmogorov and Smirnov's distance: the greatest difference of the two shares below a value.
    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        let (a, b) = (a.sorted(), b.sorted())
        var (i, j, greatest) = (0, 0, 0.0)
        while i < a.count && j < b.count {
            let value = min(a[i], b[j])
            while i < a.count && a[i] == value { i += 1 }
            while j < b.count && b[j] == value { j += 1 }
            greatest = max(
                greatest, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
        }
        return greatest
    }
}
