import Events
import Model
import Sparse
import Testing

@testable import Features

/// Hashed features of the vector.
struct CategoryTests {
    private static let definitions = [
        FeatureDefinition(name: "amount", kind: .value(expression: "value")),
        FeatureDefinition(name: "site", kind: .category(fields: ["text"], bits: 10)),
        FeatureDefinition(name: "number", kind: .category(fields: ["other"], bits: 10)),
        FeatureDefinition(name: "switch", kind: .category(fields: ["flag"], bits: 10)),
        FeatureDefinition(name: "cross", kind: .category(fields: ["text", "other"], bits: 10)),
    ]

    private func stream(
        _ definitions: [FeatureDefinition] = definitions
    ) throws -> FeatureStream {
        FeatureStream(try FeaturePlan(schema: FeatureStream.schema, definitions: definitions))
    }

    /// Published artifacts name these indices, so they are the same in every process, for ever.
    /// The numbers are those of PyPI `xxhash` with the same seeds.
    @Test func indicesAreGolden() throws {
        var stream = try stream()
        stream.row.setInteger(1, at: 1)
        unsafe stream.row.setText("shop".utf8Span.span.bytes, at: 3)
        stream.row.setInteger(-5, at: 4)
        stream.row.setInteger(1, at: 7)
        stream.step(at: 0)
        #expect(stream.vector.indices == [998, 1819, 2682, 3516])
        #expect(stream.vector.values == [1, 1, 1, 1])
    }

    /// Whatever misses a part is left out of the vector; an empty text is a value.
    @Test func missingInputsLeaveTheEntryOut() throws {
        var stream = try stream()
        stream.step(.init(time: 0))
        #expect(stream.vector.count == 0)
        stream.step(.init(time: 1, value: 0))
        #expect(stream.vector == SparseVector(indices: [0], values: [0]))
        stream.step(.init(time: 2, text: ""))
        #expect(stream.vector.count == 1)
        stream.step(.init(time: 3, other: 0))
        #expect(stream.vector.count == 1)
        stream.step(.init(time: 4, value: 1, text: "a", other: 0))
        #expect(stream.vector.count == 4)
        #expect(stream.vector.indices.map(stream.plan.input) == [0, 1, 2, 4])
    }

    /// Both parts of a cross matter, and their order; each block has its own seed.
    @Test func differentValuesGetDifferentEntries() throws {
        var bits: [FeatureDefinition] = []
        for (name, fields) in [
            ("a", ["text", "word"]), ("b", ["word", "text"]), ("c", ["text", "other"]),
        ] {
            bits.append(
                FeatureDefinition(name: name, kind: .category(fields: fields, bits: 20)))
        }
        var stream = try stream(bits)
        var seen: Set<[UInt32]> = []
        for (text, word, other) in [
            ("x", "y", Int64(1)), ("y", "x", 1), ("xy", "", 1), ("", "xy", 1), ("x", "y", 2),
        ] {
            stream.row.removeAll()
            unsafe stream.row.setText(text.utf8Span.span.bytes, at: 3)
            unsafe stream.row.setText(word.utf8Span.span.bytes, at: 6)
            stream.row.setInteger(other, at: 4)
            stream.step(at: 0)
            let blocks = stream.vector.indices.enumerated().map { block, index in
                index - UInt32(stream.plan.space.buckets(ofBlock: block).lowerBound)
            }
            #expect(blocks[0] != blocks[1] && blocks[1] != blocks[2])
            #expect(seen.insert(blocks).inserted)
        }
    }

    @Test func trueAndFalseAreTwoCategories() throws {
        var stream = try stream()
        var indices: Set<UInt32> = []
        for flag in [Int64(0), 1, 0, 1] {
            stream.row.removeAll()
            stream.row.setInteger(flag, at: 7)
            stream.step(at: 0)
            indices.formUnion(stream.vector.indices)
        }
        #expect(indices.count == 2)
    }

    /// With one bit, the third of three values must meet another.
    @Test func collisionsAreCounted() throws {
        var stream = try stream([
            FeatureDefinition(name: "site", kind: .category(fields: ["text"], bits: 1))
        ])
        var first: [UInt32: String] = [:]
        var collisions: UInt64 = 0
        for number in 0..<60 {
            let text = "t\(number % 3)"
            stream.step(.init(time: Int64(number), text: text))
            let index = stream.vector.indices[0]
            collisions += first[index, default: text] == text ? 0 : 1
            first[index] = first[index] ?? text
        }
        #expect(stream.state.categoryCollisions == collisions)
        #expect(collisions >= 20)
    }

    @Test func aCategoryMayHashADerivedText() throws {
        var stream = try stream([
            FeatureDefinition(name: "clean", kind: .value(expression: "lower(text)")),
            FeatureDefinition(name: "site", kind: .category(fields: ["clean"], bits: 20)),
        ])
        var indices: Set<UInt32> = []
        for text in ["Shop", "SHOP", "shop"] {
            stream.step(.init(time: 0, text: text))
            indices.formUnion(stream.vector.indices)
        }
        #expect(indices.count == 1)
        stream.step(.init(time: 0))
        #expect(stream.vector.count == 0)
    }
}
