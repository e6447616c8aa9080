import CAllocationCounter
import Events
import TestSupport
import Testing

@Suite struct ExpressionAllocations {
    @Test(.enabled(if: isOptimized, "a debug build allocates"))
    func evaluationAllocatesNothing() throws {
        let sources = [
            "amount / customer_mean_1d", "weekday(time) >= 6 && night", "lower(merchant) == 'shop'",
            "merchant in ['a', 'b', 'shop 24']", "haversine(lat1, lon1, 50, 8)",
            "number(lower(upper(lower(upper(merchant)))).contains('24'))", "hash(merchant) % 16",
            "bucket(amount, 1, 2, 3)", "night ? 1 : amount > 3 ? 2 : coalesce(amount, 0)",
        ]
        var random = SeededGenerator(9)
        let fixture = ExpressionFixture.random(&random)
        var row = fixture.row()
        for source in sources {
            let expression = try Events.Expression(source, in: ExpressionFixture.scope)
            var allocations: UInt64 = 0
            for round in 0..<100 {
                fixture.fill(&row)
                let before = allocation_count()
                _ = expression.number(from: &row)
                if round > 0 { allocations += allocation_count() - before }
            }
            #expect(allocations == 0, "\(source)")
        }
    }
}
