import Events
import Model
import Sparse
import Testing

@testable import Features

private func value(_ name: String, _ expression: String) -> FeatureDefinition {
    FeatureDefinition(name: name, kind: .value(expression: expression))
}

private func category(_ name: String, _ fields: String..., bits: Int = 8) -> FeatureDefinition {
    FeatureDefinition(name: name, kind: .category(fields: fields, bits: bits))
}

private func count(_ name: String, by entity: String, days: Int64 = 1) -> FeatureDefinition {
    FeatureDefinition(
        name: name,
        kind: .aggregate(
            Aggregate(entity: entity, function: .count, windowMillis: days * 86_400_000)))
}

private func sum(
    _ name: String, of operand: String, by entity: String = "key",
    function: Aggregate.Function = .sum
) -> FeatureDefinition {
    FeatureDefinition(
        name: name,
        kind: .aggregate(
            Aggregate(
                entity: entity, function: function, operand: .expression(operand),
                windowMillis: 86_400_000)))
}

private func plan(
    _ definitions: FeatureDefinition..., inputs: [String]? = nil
) throws(FeatureError) -> FeaturePlan {
    try FeaturePlan(schema: FeatureStream.schema, definitions: definitions, inputs: inputs)
}

/// How definitions become a plan, and what is refused.
struct FeaturePlanTests {
    // MARK: Order and need

    /// The field `value` stands for itself, although a feature bears its name.
    @Test func dependentsAreThoseThatNameTheFeature() throws {
        let plan = try plan(
            value("value", "value"), value("doubled", "value * 2"), sum("total", of: "doubled"),
            value("share", "value / total"))
        #expect(plan.dependents(of: "value") == [])
        #expect(plan.dependents(of: "doubled") == ["total", "share"])
        #expect(plan.dependents(of: "share") == [])
    }

    /// Declared in the wrong order throughout: fields → value → window → value → value.
    @Test func everyFeatureComesAfterWhatItNeeds() throws {
        let definitions = [
            value("last", "ratio + 1"), value("ratio", "doubled / total"),
            sum("total", of: "doubled"), value("doubled", "value * 2"),
        ]
        for order in [definitions, definitions.reversed()] {
            var stream = FeatureStream(
                try FeaturePlan(schema: FeatureStream.schema, definitions: order))
            stream.step(.init(time: 0, value: 1))
            stream.step(.init(time: 1, value: 3))
            let values = Dictionary(uniqueKeysWithValues: zip(order.map(\.name), stream.values))
            #expect(values == ["doubled": 6, "total": 8, "ratio": 0.75, "last": 1.75])
        }
    }

    @Test func whatNoInputNeedsIsNotComputed() throws {
        let plan = try plan(
            value("wanted", "helper + 1"), value("helper", "value * 2"), value("idle", "value * 3"),
            count("idle_count", by: "other"), sum("idle_sum", of: "idle"), category("site", "text"),
            inputs: ["wanted"])
        let needs = Dictionary(uniqueKeysWithValues: plan.features.map { ($0.name, $0.need) })
        #expect(
            needs == [
                "wanted": .input, "helper": .neededBy(["wanted"]), "idle": .skipped,
                "idle_count": .skipped, "idle_sum": .skipped, "site": .skipped,
            ])
        #expect(plan.entities.isEmpty && plan.categories.isEmpty)
        #expect(plan.space.width == 1)
        var stream = FeatureStream(plan)
        stream.step(.init(time: 0, value: 2, text: "x", other: 3))
        #expect(stream.vector.values == [5])
        let values = stream.values
        #expect(values[0] == 5 && values[1] == 4)
        #expect(values[2].isNaN && values[3].isNaN && values[4].isNaN)
    }

    @Test func everyReaderIsNamed() throws {
        let plan = try plan(
            value("a", "value"), value("b", "a + a"), sum("c", of: "a"), value("d", "value"),
            inputs: ["b", "c", "d"])
        guard case .neededBy(let names) = plan.features[0].need else {
            Issue.record("\(plan.features[0].need)")
            return
        }
        #expect(names.sorted() == ["b", "c"])
        #expect(plan.inputs == ["b", "c", "d"])
        #expect(plan.slot(of: "a") != nil && plan.slot(of: "nothing") == nil)
    }

    /// A chain of ten thousand, declared last first; then the same with its ends tied.
    @Test func longChainsAreOrdered() throws {
        let length = FeatureCompiler.featuresMax
        var chain = (1..<length).map { value("f\($0)", "f\($0 - 1) + 1") }
        chain.append(value("f0", "value"))
        let plan = try FeaturePlan(
            schema: FeatureStream.schema, definitions: chain.reversed(), inputs: ["f\(length - 1)"])
        var stream = FeatureStream(plan)
        stream.step(.init(time: 0, value: 1))
        #expect(stream.vector.values == [Double(length)])
        chain[length - 1] = value("f0", "f\(length - 1)")
        #expect(throws: FeatureError.self) {
            try FeaturePlan(schema: FeatureStream.schema, definitions: chain)
        }
    }

    // MARK: What is refused

    @Test func aCycleIsNamed() {
        #expect(throws: FeatureError.cycle(["b", "c", "d", "b"])) {
            try plan(value("a", "b"), value("b", "c"), value("c", "value + d"), value("d", "b"))
        }
        #expect(throws: FeatureError.cycle(["a", "a"])) { try plan(value("a", "a + 1")) }
        #expect(throws: FeatureError.cycle(["a", "s", "a"])) {
            try plan(value("a", "s"), sum("s", of: "a"))
        }
        #expect("\(FeatureError.cycle(["a", "b", "a"]))".hasSuffix("a → b → a"))
    }

    @Test func unknownNamesAreNamed() {
        let fields = FeatureStream.schema.fields.map(\.name)
        #expect(throws: FeatureError.unknownName(feature: "n", found: "kye", known: fields)) {
            try plan(count("n", by: "kye"))
        }
        #expect(
            throws: FeatureError.unknownName(feature: "c", found: "txt", known: fields + ["c"])
        ) { try plan(category("c", "txt")) }
        #expect(throws: FeatureError.unknownName(feature: "model", found: "b", known: ["a"])) {
            try plan(value("a", "1.0"), inputs: ["a", "b"])
        }
        for definition in [value("a", "valeu + 1"), sum("a", of: "valeu")] {
            do {
                _ = try plan(definition)
                Issue.record("\(definition) was accepted")
            } catch .expression(let feature, let error) {
                #expect(feature == "a" && "\(error)".contains("valeu"), "\(error)")
            } catch { Issue.record(error) }
        }
    }

    @Test func entitiesAndCategoriesAreKeys() {
        for (field, found) in [("value", "a double field"), ("flag", "a bool field")] {
            #expect(throws: FeatureError.notAKey(feature: "n", field: field, found: found)) {
                try plan(count("n", by: field))
            }
        }
        #expect(
            throws: FeatureError.notAKey(feature: "c", field: "value", found: "a double field")
        ) { try plan(category("c", "text", "value")) }
        let number = FeatureError.notAKey(
            feature: "c", field: "a", found: "a number-valued feature")
        #expect(throws: number) { try plan(value("a", "value"), category("c", "a")) }
        #expect(throws: number) { try plan(category("a", "text"), category("c", "a")) }
    }

    @Test func windowsOverWindowsAreRefused() {
        let expected = "fields, or features made from fields alone"
        #expect(
            throws: FeatureError.operand(
                feature: "s", found: "`n`, which is itself made from windows", expected: expected)
        ) { try plan(count("n", by: "key"), sum("s", of: "n + 1")) }
        #expect(
            throws: FeatureError.operand(
                feature: "s", found: "`v`, which is itself made from windows", expected: expected)
        ) { try plan(count("n", by: "key"), value("v", "n * 2"), sum("s", of: "v")) }
    }

    @Test func textIsCountedButNotAdded() throws {
        #expect(
            throws: FeatureError.operand(feature: "s", found: "text `text`", expected: "a number")
        ) { try plan(sum("s", of: "text")) }
        #expect(throws: FeatureError.self) { try plan(value("t", "lower(text)"), inputs: ["t"]) }
        var stream = FeatureStream(
            try plan(value("t", "lower(text)"), sum("s", of: "t", function: .distinct)))
        #expect(stream.plan.inputs == ["s"])
        for (time, text) in ["A", "a", "b"].enumerated() {
            stream.step(.init(time: Int64(time), text: text))
        }
        #expect(stream.vector.values == [2])
    }

    @Test func numbersAreBounded() {
        let many = (0...FeatureCompiler.featuresMax).map { value("f\($0)", "value") }
        #expect(
            throws: FeatureError.tooMany(
                what: "features", found: many.count, max: FeatureCompiler.featuresMax)
        ) { try FeaturePlan(schema: FeatureStream.schema, definitions: many) }
        let fields = (0...16).map { FieldSchema(name: "k\($0)", path: ["k\($0)"], type: .int64) }
        let counts = (0...16).map { count("n\($0)", by: "k\($0)") }
        #expect(throws: FeatureError.tooMany(what: "entities", found: 17, max: 16)) {
            try FeaturePlan(
                schema: EventSchema(fields: fields, id: 0, time: nil), definitions: counts)
        }
        #expect(throws: FeatureError.self) { try plan(category("c", "text", bits: 60)) }
    }

    // MARK: Entities

    /// Windows by an integer and by a text field do not meddle with each other.
    @Test func oneStreamHasSeveralEntityTypes() throws {
        var stream = FeatureStream(
            try plan(
                count("by_key", by: "key"), count("by_text", by: "text"), sum("s", of: "value")))
        #expect(stream.plan.entities == ["key", "text"])
        var keys: [UInt64: Double] = [:]
        var texts: [String: Double] = [:]
        for number in 0..<200 {
            let event = FeatureStream.Event(
                key: UInt64(number % 7), time: Int64(number), value: 1, text: "t\(number % 5)")
            keys[event.key, default: 0] += 1
            texts[event.text ?? "", default: 0] += 1
            stream.step(event)
            let expected = [keys[event.key], texts[event.text ?? ""], keys[event.key]]
            #expect(stream.values == expected)
        }
        #expect(stream.state.counts.entities == 12)
        #expect(stream.state.counts.retainedEvents == 400)
    }
}
