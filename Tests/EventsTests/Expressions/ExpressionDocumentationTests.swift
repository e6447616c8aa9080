import Foundation
import TestSupport
import Testing

@testable import Events

/// What the page about expressions says is what the code does.
@Suite struct ExpressionDocumentationTests {
    let page: String

    init() throws {
        let path = "\(SharedData.packageRoot)/Sources/Events/Events.docc/Expressions.md"
        page = try String(contentsOfFile: path, encoding: .utf8)
    }

    private func lines(from heading: String) -> [Substring] {
        page.split(separator: "\n").drop { $0 != heading }.dropFirst()
            .prefix { !$0.hasPrefix("## ") }
    }

    @Test func everyFunctionHasItsRowAndTheOtherWayRound() {
        let rows = lines(from: "## Functions").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows.sorted() == Expression.functions.map(\.signature).sorted())
    }

    @Test func everyLimitHasItsRow() {
        let rows = lines(from: "## Limits").filter { $0.hasPrefix("| `") }
            .map { $0.replacing(",", with: "") }
        let limits = [
            ("sourceBytesMax", ExpressionLimits.sourceBytesMax),
            ("nestingMax", ExpressionLimits.nestingMax),
            ("instructionsMax", ExpressionLimits.instructionsMax),
            ("stackValuesMax", ExpressionLimits.stackValuesMax),
            ("listElementsMax", ExpressionLimits.listElementsMax),
            ("derivedTextBytesMax", ExpressionLimits.derivedTextBytesMax),
        ]
        #expect(rows.count == limits.count)
        for (name, bound) in limits {
            #expect(rows.contains { $0.hasPrefix("| `\(name)` | \(bound) ") }, "\(name)")
        }
    }

    @Test func everyExampleCompiles() throws {
        var scope = ExpressionScope()
        let numbers = [
            "amount", "latitude", "longitude", "customer_mean_1d", "last_latitude",
            "last_longitude", "time",
        ]
        for (slot, name) in numbers.enumerated() {
            scope.declare(name, slot: slot, type: .number)
        }
        scope.declare("online", slot: 7, type: .bool)
        scope.declare("merchant", slot: 8, type: .text)
        scope.declare("card.country", slot: 9, type: .text)
        let examples = lines(from: "## Examples").drop { $0 != "```cel" }.dropFirst()
            .prefix { $0 != "```" }
        #expect(examples.count >= 10)
        for example in examples {
            #expect(throws: Never.self, "\(example)") {
                try Events.Expression(String(example), in: scope)
            }
        }
    }
}
