/// Random JSON texts, and random damage to them.
public struct RandomJSON {
    public var random: SeededGenerator

    public init(_ seed: UInt64) { random = SeededGenerator(seed) }

    public mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &random)! }

    public mutating func space() -> String {
        Int.random(in: 0..<6, using: &random) == 0 ? pick([" ", "\n", "\t ", "\r\n"]) : ""
    }

    public mutating func number() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: "\(Int64.random(in: .min ... .max, using: &random))"
        case 1:
            "\(Int.random(in: -1_000...1_000, using: &random)).\(pick(["0", "5", "25", "000"]))"
        case 2:
            "\(Double(bitPattern: UInt64.random(in: 0...0x7FE0_0000_0000_0000, using: &random)))"
        case 3: "-\(Int.random(in: 0...99, using: &random))\(pick(["e2", "E+1", "e-2", ""]))"
        default: "\(Int.random(in: -100_000...100_000, using: &random))"
        }
    }

    public mutating func string() -> String {
        let pieces = [
            "a", "B", "7", " ", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00",
            "\\u0001",
            "/", "{", "]", ",", ":", "e\u{301}", "longer run of plain text", "\u{7F}",
        ]
        return "\""
            + (0..<Int.random(in: 0...6, using: &random)).map { _ in pick(pieces) }.joined() + "\""
    }

    public mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0, 1: number()
        case 2, 3: string()
        case 4: "true"
        case 5: "false"
        case 6: "null"
        case 7:
            "["
                + (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    space() + value(depth: depth - 1) + space()
                }.joined(separator: ",") + "]"
        default:
            object(
                (0..<Int.random(in: 0...4, using: &random)).map {
                    ("x\($0)", value(depth: depth - 1))
                })
        }
    }

    /// An object of the members in random order.
    public mutating func object(_ members: [(key: String, text: String)]) -> String {
        let shuffled = members.shuffled(using: &random)
        return "{"
            + shuffled.map { member in
                "\(space())\"\(member.key)\"\(space()):\(space())\(member.text)\(space())"
            }.joined(separator: ",") + "}"
    }

    /// The bytes with one to three of them changed, removed, added or moved.
    public mutating func damage(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let byte =
                Bool.random(using: &random)
                ? pick(Array("{}[]:,\"\\ 019-+.eEtfnu".utf8))
                : UInt8.random(in: 0...255, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[at] = byte
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(byte, at: at)
            case 3: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &random))
            default: bytes.removeSubrange(at...)
            }
        }
        return bytes
    }
}
