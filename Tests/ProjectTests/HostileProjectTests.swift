import TestSupport
import Testing

@testable import Project

/// Files that no one would write with good intent: always faults, never a trap or a long wait.
@Suite struct HostileProjectTests {
    @Test func aliasesCannotMultiply() {
        var source = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<40 {
            let list = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            source += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(ProjectSource.faults(source + "? *a39\n: 1")[0].contains("found alias `*a0`"))
    }

    @Test func ampersandsInExpressionsAreNoAnchors() {
        let source = ProjectSource.file(features: "n: amount\nf: \"online &&online || n*n > 1\"")
        #expect(ProjectSource.faults(source) == [])
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
        String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
        (0..<600).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
    ])
    func nestingIsBounded(source: String) {
        #expect(!ProjectSource.faults(source).isEmpty)
    }

    @Test func aHugeFileIsNotRead() {
        let source = [UInt8](repeating: UInt8(ascii: "a"), count: 2 << 20)
        #expect(
            ProjectSource.faults(source) == [
                "1:1: found a file of 2097152 bytes; expected at most 1048576 (sourceBytesMax)"
            ])
    }

    @Test func notUTF8() {
        let source = Array("project: a\nx: ".utf8) + [0xFF, 0xFE]
        #expect(
            ProjectSource.faults(source) == [
                "2:4: found bytes that are not UTF-8; expected a UTF-8 file"
            ])
    }

    @Test func aLongChainOfFeatures() {
        let count = 5_000
        let features = (0..<count).map { $0 == 0 ? "f0: amount" : "f\($0): f\($0 - 1) + 1" }
            .reversed().joined(separator: "\n")
        #expect(ProjectSource.faults(ProjectSource.file(features: features)) == [])
    }

    /// Every feature names every other: as many cycles as there are features, and more.
    @Test func everythingNeedsEverything() {
        let names = (0..<200).map { "f\($0)" }
        let features = names.map { "\($0): \(names.joined(separator: "+"))" }
            .joined(separator: "\n")
        let faults = ProjectSource.faults(ProjectSource.file(features: features))
        #expect((1...50).contains(faults.count))
    }

    @Test func manyUnknownNames() {
        let features = (0..<10_000).map { "f\($0): g\($0)" }.joined(separator: "\n")
        let penalties = (0..<10_000).map { "h\($0): 1" }.joined(separator: ", ")
        let source = ProjectSource.file(
            features: features, rest: "model: {learning: {penalties: {\(penalties)}}}")
        #expect(ProjectSource.faults(source).count == 50)
    }

    /// A right file with bytes changed, dropped, doubled: an answer every time.
    @Test(arguments: UInt64(0)..<8)
    func anyBytes(seed: UInt64) {
        var random = SeededGenerator(seed)
        let right = Array(
            ProjectSource.file(
                features: """
                    f: {value: "amount > 1 ? 'a' : \\"b\\""}
                    g: {entity: customer, aggregate: mean, of: label, window: 7d, delay: 1d}
                    h: |
                      amount
                      + 1
                    """, rest: "model: {bits: 12, learning: {l1: 0.5}}"
            ).utf8)
        let marks = Array("{}[]:,&*#?|>-'\"\\\n \t!%@`\u{0}é".utf8)
        for _ in 0..<300 {
            var bytes = right
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = marks.randomElement(using: &random)!
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(marks.randomElement(using: &random)!, at: place)
                default: bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
            }
            for fault in ProjectSource.faults(bytes) { #expect(!fault.isEmpty) }
        }
    }
}
