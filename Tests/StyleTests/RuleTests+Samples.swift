extension RuleTests {
    static let samples: [Sample] = lengths + words + layers + declarations

    private static func lines(_ count: Int) -> String {
        String(repeating: "    let x = 1\n", count: count)
    }

    private static let lengths = [
        Sample(
            rule: "a line has at most 100 columns",
            bad: "// " + String(repeating: "é", count: 98),
            good: "// " + String(repeating: "é", count: 97)),
        Sample(rule: "a file has at most 400 lines", bad: lines(401), good: lines(400)),
        Sample(
            rule: "a function has at most 70 lines",
            bad: "func f(\n    x: Int\n) throws\n{\n\(lines(66))}",
            good: "func f(\n    x: Int\n) throws\n{\n\(lines(65))}\nfunc g() {\n\(lines(68))}"),
        Sample(
            rule: "a function has at most 70 lines",
            bad: "init(f: () -> Void = {}) {\n\(lines(69))}",
            good: "protocol P {\n    func f()\n    init()\n}\nstruct S {\n\(lines(90))}"),
        Sample(
            rule: "a file holds code", bad: "// Nothing here.\n/* nor\n here */\n",
            good: "let x = 1"),
    ]

    private static let words = [
        Sample(
            rule: "no `fatalError(` in the product", bad: "fatalError(\"x\")",
            good: "// fatalError(\nlet x = \"fatalError(\""),
        Sample(
            rule: "no `try!` in the product", bad: "\"\"\"\n\\(try! f(\")\"))\n\"\"\"",
            good: "\"\"\"\ntry! f()\n\"\"\""),
        Sample(
            rule: "no `as!` in the product", bad: "let y = \"\\(x as! Int)\"",
            good: "let z = #\"\\(x as! Int)\"#, alias! = 1"),
        Sample(
            rule: "no `@unchecked Sendable` in the product",
            bad: "final class A: @unchecked Sendable {}", good: "final class A: Sendable {}"),
        Sample(
            rule: "`print(` only in the commands (layer 5)", bad: "if x { print(x) }",
            good: "fingerprint(x)\nout.print(x)"),
        Sample(
            rule: "no `any` below the process (layers 0 to 3)", bad: "let x: [any P]",
            good: "/// any of these\nlet many = 1"),
        Sample(
            rule: "a note of work to do names its issue", path: "Tests/MiddleTests/File.swift",
            bad: "// TO" + "DO: later (#x)", good: "// TO" + "DO(#12): later"),
    ]

    private static let layers = [
        Sample(
            rule: "an import points down", bad: "public import Upper",
            good: "import Ground\ninternal import struct Other.Thing"),
        Sample(
            rule: "no Foundation below the process (layers 0 to 3)",
            bad: "internal import struct Foundation.URL", good: "/// Not `import Foundation`.\n"),
        Sample(
            rule: "a file belongs to a target of the manifest", path: "Tests/UpperTests/File.swift",
            bad: "let x = 1", goodPath: "Tests/MiddleTests/File.swift", good: "let x = 1"),
    ]

    private static let declarations = [
        Sample(
            rule: "a type is named for what it holds",
            bad: "@safe public final class QueueManager<T>: P {}",
            good: "struct Database {}\nclass func makeContext() {}"),
        Sample(
            rule: "a type bears its module's name only in the file of that name",
            bad: "public enum Middle {}", goodPath: "Sources/Middle/Middle.swift",
            good: "public enum Middle {}"),
        Sample(
            rule: "public types and functions are documented",
            bad: "/// A pair.\npublic struct Pair {\n    public func swap() {}\n}",
            good: """
                /// A pair.
                @frozen
                public struct Pair {
                    public static func == (a: Pair, b: Pair) -> Bool { true }
                    /// Exchanges the two.
                    @inlinable
                    public mutating func swap() {}
                    @_lifetime(borrow self) public func swap(_ times: Int) {}
                    public func hash(into hasher: inout Hasher) {}
                    func inner() {}
                }
                """),
        Sample(
            rule: "public types and functions are documented", bad: "public enum Side {}",
            good: "/// Left or right.\npublic enum Side {}"),
    ]
}
