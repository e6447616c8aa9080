import Bytes
import TestSupport
import Testing

@testable import Events

/// Valid expressions damaged, spliced and driven to their limits: an error that tells where, or a
/// program that gives a value or none, and never a trap.
@Suite struct ExpressionFuzzTests {
    /// Marks and words that a change may put in.
    private static let pieces = [
        "(", ")", "[", "]", ",", ".", "?", ":", "+", "-", "*", "/", "%", "!", "&&", "||", "==",
        "!=", "<", ">=", "=", "in", "amount", "merchant", "night", "card.country", "true", "null",
        "0", "1e308", "9007199254740993", "'", "\"", "\\", "\\u0000", "\u{0}", "\n", "ü", "//",
        "min(", "clamp(", "bucket(", "coalesce(", "lower(", ".upper()", "contains(", "hash(",
        "weekday(", "has(", "haversine(", " ",
    ]

    /// A row in which numbers are as large, small and odd as fields can be.
    private static func row(_ random: inout SeededGenerator) -> EventRow {
        var fixture = ExpressionFixture.random(&random)
        let extremes: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            1 / 3, 9_007_199_254_740_992, -9e18, 9.3e18, 1.8e19,
        ]
        for name in ["amount", "time", "n", "lat1"] where Bool.random(using: &random) {
            fixture.values[name] = .number(extremes.randomElement(using: &random) ?? 0)
        }
        return fixture.row()
    }

    /// Compiles, and evaluates what compiles on some rows.
    ///
    /// - Returns: whether it compiled.
    @discardableResult
    private static func judge(_ source: String, _ random: inout SeededGenerator) -> Bool {
        _ = Events.Expression.names(in: source)
        do throws(ExpressionError) {
            let expression = try Events.Expression(source, in: ExpressionFixture.scope)
            #expect(expression.reads.allSatisfy(ExpressionFixture.names.indices.contains))
            for _ in 0..<3 {
                var row = row(&random)
                check(expression, &row, source)
            }
            return true
        } catch {
            #expect(error.offset >= 0 && error.offset <= source.utf8.count, "\(source)")
            #expect(!error.found.isEmpty && !error.expected.isEmpty, "\(source)")
            #expect(error.description.utf8.count < 1_000, "\(source)")
            #expect(error.position(in: source).line >= 1)
            return false
        }
    }

    private static func check(
        _ expression: Events.Expression, _ row: inout EventRow, _ source: String
    ) {
        guard expression.type != .text else {
            guard let range = expression.text(from: &row) else { return }
            let count = row.textBytes(range).byteCount
            #expect(count <= ExpressionLimits.derivedTextBytesMax, "\(source)")
            return
        }
        let value = expression.number(from: &row)
        #expect(!value.isInfinite, "\(source)")
        guard expression.type == .bool else { return }
        #expect(value.isNaN || value == 0 || value == 1, "\(source)")
    }

    private static func valid(_ random: inout SeededGenerator) -> String {
        let types: [ExpressionType] = [.number, .bool, .text]
        let type = types.randomElement(using: &random) ?? .number
        let depth = Int.random(in: 1...4, using: &random)
        return ExpressionTree.random(type, depth: depth, &random).source(&random)
    }

    /// One to four changes by bytes, pieces or stretches of the text.
    private static func mutant(of source: String, _ random: inout SeededGenerator) -> String {
        var text = Array(source.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...text.count, using: &random)
            let end = min(text.count, place + Int.random(in: 0...8, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: text.removeSubrange(place..<end)
            case 1:
                let piece = pieces.randomElement(using: &random) ?? ""
                text.replaceSubrange(place..<end, with: Array(piece.utf8))
            case 2:
                text.insert(
                    contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: place)
            case 3: text.insert(contentsOf: Array(text[place..<end]), at: place)
            case 4 where place < text.count:
                text[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default: text.insert(contentsOf: Array(valid(&random).utf8), at: place)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: UInt64(0)..<24) func damagedExpressionsNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed)
        var compiled = 0
        for _ in 0..<800 {
            let mutant = Self.mutant(of: Self.valid(&random), &random)
            if Self.judge(mutant, &random) { compiled += 1 }
        }
        #expect((1..<800).contains(compiled), "seed \(seed)")
    }

    /// Ways of putting one number inside of another.
    private static let wrappers: [(String, String)] = [
        ("(", ")"), ("abs(", ")"), ("min(n, ", ")"), ("coalesce(", ", n)"), ("-", ""),
        ("(night ? n : ", ")"), ("(night ? ", " : n)"), ("n + ", ""), ("(n + ", ") * n"),
        ("number(n in [1, 2] || has(", "))"), ("bucket(", ", 1, 2)"), ("clamp(n, n, ", ")"),
    ]

    /// Everything inside of everything: what is too deep, wide or long is refused by the limit's
    /// name, and what is refused stays so one level further.
    @Test(arguments: UInt64(0)..<24) func limitsAreToldByName(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let limits = ["nestingMax", "instructionsMax", "stackValuesMax", "sourceBytesMax"]
        var refused = 0
        for _ in 0..<12 {
            var source = "amount"
            var hasFailed = false
            let own = (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in
                Self.wrappers.randomElement(using: &random)
            }
            for _ in 0..<Int.random(in: 1...90, using: &random) {
                guard let (before, after) = own.randomElement(using: &random) else { continue }
                source = before + source + after
                do throws(ExpressionError) {
                    let expression = try Events.Expression(source, in: ExpressionFixture.scope)
                    #expect(!hasFailed, "seed \(seed): \(source)")
                    var row = Self.row(&random)
                    Self.check(expression, &row, source)
                } catch {
                    hasFailed = true
                    #expect(limits.contains { error.expected.contains("(\($0))") }, "\(error)")
                }
            }
            if hasFailed { refused += 1 }
        }
        #expect(refused > 0, "seed \(seed)")
    }

    /// As long as a source may be, and one byte more; of words, marks, lists and texts.
    @Test func theLongestSourcesAreReadOrRefused() {
        var random = SeededGenerator(5)
        let units = [
            "n+", "!", "-", "(", "[", "n,", "n in [1],", "'a'+", "night?", "?:", "a.", "abs(", "1",
            "\\", "'", "ü", "n<n&&", "lower(", "merchant.lower().", "\n", "==", "e", ".", "x",
        ]
        for unit in units {
            for length in [ExpressionLimits.sourceBytesMax, ExpressionLimits.sourceBytesMax + 1] {
                let count = length / unit.utf8.count + 1
                let bytes = Array(String(repeating: unit, count: count).utf8.prefix(length))
                Self.judge(String(decoding: bytes, as: UTF8.self), &random)
            }
        }
    }
}
