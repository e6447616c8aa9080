import Bytes
import Events
import TestSupport
import Testing

@testable import Features

/// Places in an entity's events are numbered modulo 2^32.
struct SequenceTests {
    /// The same stream, numbered from 0 and from shortly before 2^32.
    @Test(arguments: UInt64(0)..<4) func wrappingAroundChangesNothing(seed: UInt64) throws {
        let definitions = EveryAggregate.list.enumerated().map {
            FeatureDefinition(name: "f\($0)", kind: .aggregate($1))
        }
        let plan = try FeaturePlan(
            schema: FeatureStream.schema, definitions: definitions, latenessMillis: 500,
            labelHorizonMillis: 10 * EveryAggregate.day)
        let fromZero = try values(plan, seed: seed, start: 0)
        let wrapped = try values(plan, seed: seed, start: UInt32.max - 199)
        #expect(fromZero == wrapped)
    }

    /// The bits of every feature of every event.
    private func values(
        _ plan: FeaturePlan, seed: UInt64, start: UInt32
    ) throws -> [[UInt64]] {
        var limits = FeatureLimits()
        limits.latenessMillis = 500
        limits.windowEventsMax = 120
        var table = EntityTable(plan: try #require(plan.tables.first), limits: limits)
        number(&table, from: start)
        var random = SeededGenerator(seed)
        var row = EventRow(slots: plan.slotCount)
        var clock: Int64 = 0
        var values: [[UInt64]] = []
        for ordinal in UInt64(1)...600 {
            clock += Int64.random(in: 0...300, using: &random)
            let isLate = UInt64.random(in: 0..<8, using: &random) == 0
            let time = isLate ? clock - Int64.random(in: 0...500, using: &random) : clock
            row.removeAll()
            row.setNumber(Double(Int64.random(in: 0...100, using: &random)), at: 2)
            let page = table.observe(
                key: 1, time: time, ordinal: ordinal, clock: clock, row: &row)
            if ordinal.isMultiple(of: 3) { table.setLabel(1, ordinal: ordinal, page: page) }
            values.append(
                row.numbers.indices.map {
                    row.numbers[$0].isNaN ? 1 : row.numbers[$0].bitPattern
                })
        }
        return values
    }

    /// Makes entity 1, and numbers its events from `start`.
    private func number(_ table: inout EntityTable, from start: UInt32) {
        let row = table.entityRow(1, time: 0)
        for word in EntityPlan.headWord..<table.plan.accumulatorsWord {
            table.setCursor(Cursor(sequence: start, page: RetainedEvents.noPage), row, word)
        }
    }
}
