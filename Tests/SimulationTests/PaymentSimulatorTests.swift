import Bytes
import Foundation
import Testing

@testable import Simulation

@Suite struct PaymentSimulatorTests {
    /// Pinned: whoever changes a draw or a message changes every recorded run.
    @Test func theSameSeedGivesTheSameBytes() throws {
        let first = digest(try PaymentSimulator(smallSettings(), seed: 1))
        #expect(first == 6_715_976_060_142_051_009)
        #expect(first == digest(try PaymentSimulator(smallSettings(), seed: 1)))
    }

    @Test func seedsDiffer() throws {
        let digests = try (0..<10).map { digest(try PaymentSimulator(smallSettings(), seed: $0)) }
        #expect(Set(digests).count == 10)
    }

    @Test func aLongerRunBeginsWithTheShorterOne() throws {
        let short = sentPayments(try PaymentSimulator(smallSettings(days: 2), seed: 1))
        let long = sentPayments(try PaymentSimulator(smallSettings(days: 4), seed: 1))
        #expect(short.map(\.payment) == long.prefix(short.count).map(\.payment))
    }

    @Test(arguments: [0, 10_000_000]) func recordsComeInOrderAndLabelsFirst(
        spreadMillis: Int64
    ) throws {
        var settings = smallSettings()
        settings.labelSpreadMillis = spreadMillis
        var previous: (time: Int64, isPayment: Bool) = (0, false)
        var ties = 0
        for record in try PaymentSimulator(settings, seed: 2) {
            let isPayment = if case .payment = record { true } else { false }
            #expect(record.timeMillis >= previous.time)
            if record.timeMillis == previous.time {
                #expect(isPayment || !previous.isPayment)
                ties += isPayment && !previous.isPayment ? 1 : 0
            }
            previous = (record.timeMillis, isPayment)
        }
        #expect(spreadMillis > 0 || ties > 3)
    }

    @Test func idsCountUpAndPaymentsAreSentAtTheirTime() throws {
        let sent = sentPayments(try PaymentSimulator(smallSettings(), seed: 3))
        #expect(sent.map(\.payment.id) == Array(0..<Int64(sent.count)))
        #expect(sent.allSatisfy { $0.payment.timeMillis == $0.sentMillis })
    }

    @Test func everyPaymentGetsItsLabelAfterTheDelay() throws {
        var settings = smallSettings()
        settings.labelSpreadMillis = 3_600_000
        let simulator = try PaymentSimulator(settings, seed: 4)
        let payments = sentPayments(simulator).map(\.payment)
        let known = Dictionary(uniqueKeysWithValues: labels(simulator).map { ($0.payment, $0) })
        #expect(known.count == payments.count)
        for payment in payments {
            let label = try #require(known[payment.id])
            #expect((86_400_000...90_000_000).contains(label.timeMillis - payment.timeMillis))
            #expect(label.scenario == payment.scenario && label.customer == payment.customer)
        }
    }

    @Test func onlyFraudsAreLabelledIfAsked() throws {
        var settings = smallSettings()
        settings.labels = .fraudsOnly
        let simulator = try PaymentSimulator(settings, seed: 5)
        let frauds = sentPayments(simulator).map(\.payment).filter { $0.scenario != .genuine }
        let labelled = labels(simulator)
        #expect(labelled.count > 10)
        #expect(labelled.map(\.payment) == frauds.map(\.id))
        #expect(labelled.allSatisfy { $0.isFraud })
    }

    @Test func aWorldWithoutTerminalsNearbyEnds() throws {
        var settings = SimulationSettings()
        settings.customers = 1
        settings.terminals = 1
        settings.radius = 0.5
        var simulator = try PaymentSimulator(settings, seed: 6)
        let first = simulator.next()
        #expect(first == nil)
    }

    @Test func settingsOutOfRangeAreNamed() {
        var settings = SimulationSettings()
        settings.customers = 0
        #expect(throws: SimulationError.self) { try PaymentSimulator(settings, seed: 0) }
        let error = SimulationError.settingOutOfRange(
            setting: "customers", found: 0, allowed: 1...1_000_000)
        #expect(throws: error) { try PaymentSimulator(settings, seed: 0) }
        #expect("\(error)" == "customers: found 0; expected 1 to 1000000")
    }
}
