import Events
import TestSupport
import Testing

@Suite struct ExpressionAgreementTests {
    /// 40 × 250 random expressions, each on five random rows.
    @Test(arguments: UInt64(0)..<40)
    func compiledFormAgreesWithATreeWalk(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let types: [ExpressionType] = [.number, .bool, .text]
        for _ in 0..<250 {
            let type = types.randomElement(using: &random)!
            let depth = Int.random(in: 1...5, using: &random)
            let tree = ExpressionTree.random(type, depth: depth, &random)
            let source = tree.source(&random)
            guard source.utf8.count <= 8_000 else { continue }
            guard let expression = try compiled(source) else { continue }
            #expect(expression.type == type, "\(source)")
            for _ in 0..<5 {
                let fixture = ExpressionFixture.random(&random)
                let expected = tree.value(fixture.values)
                let found = fixture.value(of: expression)
                #expect(found == expected, "seed \(seed): \(source) on \(fixture.values)")
            }
        }
    }

    /// Nil for a source that is well-formed but too long.
    private func compiled(_ source: String) throws(ExpressionError) -> Events.Expression? {
        do {
            return try Events.Expression(source, in: ExpressionFixture.scope)
        } catch {
            if error.expected.contains("instructionsMax") { return nil }
            throw error
        }
    }

    /// Arbitrary pieces of the language in arbitrary order: an error or a value, never a trap.
    @Test(arguments: UInt64(0)..<20)
    func anySourceIsAnErrorOrAnExpression(seed: UInt64) {
        let pieces = [
            "(", ")", "[", "]", ",", ".", "?", ":", "+", "-", "*", "/", "%", "!", "&&", "||", "==",
            "<", ">=", "=", "&", "in", "amount", "merchant", "night", "time", "card.country", "1",
            "2.5e3", "9e999", "'a'", "\"b", "'\\u12", "\\", "true", "null", "min(", "coalesce(",
            "bucket(", "lower(", "has(", "haversine(", "//", "\n", "ü", "\0", ".5", "1.", "pow(",
        ]
        var random = SeededGenerator(seed)
        var compiled = 0
        for _ in 0..<3_000 {
            let count = Int.random(in: 1...12, using: &random)
            let source = (0..<count).map { _ in pieces.randomElement(using: &random)! }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            let fixture = ExpressionFixture.random(&random)
            do {
                _ = try fixture.value(of: source)
                compiled += 1
            } catch {
                #expect(error.offset >= 0 && error.offset <= source.utf8.count, "\(source)")
            }
        }
        #expect(compiled > 0)
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator(7)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let source = String(decoding: bytes, as: UTF8.self)
            _ = try? Events.Expression(source, in: ExpressionFixture.scope)
        }
    }
}
