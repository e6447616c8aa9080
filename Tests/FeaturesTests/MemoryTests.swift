import Events
import Simulation
import Sparse
import Testing

@testable import Features

/// What the state of a payments stream weighs.
struct MemoryTests {
    private static let day: Int64 = 86_400_000

    /// Windows of 1, 7 and 30 days over customers and, seven days later, over terminals; a tenth of
    /// the handbook's population, with as many events for each entity.
    @Test func aMonthOfPaymentsStaysBelowTheBar() throws {
        var definitions: [FeatureDefinition] = []
        for (entity, operand, delay) in [
            ("key", Aggregate.Operand.expression("value"), Int64(0)), ("other", .label, 7),
        ] {
            for days in [Int64(1), 7, 30] {
                for function in [Aggregate.Function.count, .mean] {
                    definitions.append(
                        FeatureDefinition(
                            name: "\(entity)_\(function)_\(days)",
                            kind: .aggregate(
                                Aggregate(
                                    entity: entity, function: function,
                                    operand: function == .count ? .event : operand,
                                    windowMillis: days * Self.day, delayMillis: delay * Self.day))))
                }
            }
        }
        var stream = FeatureStream(
            try FeaturePlan(
                schema: FeatureStream.schema, definitions: definitions,
                labelHorizonMillis: 7 * Self.day))
        var settings = SimulationSettings()
        settings.customers = 500
        settings.terminals = 1_000
        settings.radius = 16
        settings.days = 45
        for record in try PaymentSimulator(settings, seed: 1) {
            guard case .payment(let payment, let sent) = record else { continue }
            stream.step(
                .init(
                    key: UInt64(payment.customer), time: sent, value: payment.amount,
                    other: Int64(payment.terminal)))
        }
        let counts = stream.state.counts
        let bar = 24 * counts.retainedEvents + 64 * counts.entities
        #expect(counts.retainedEvents > 50_000 && counts.entities >= 1_400)
        #expect(
            counts.stateBytes <= bar,
            "\(counts): \(Double(counts.stateBytes) / Double(bar)) of \(bar)")
    }
}
