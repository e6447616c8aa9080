/// The product's targets in the order of `Package.swift`, with the layer that the comment above
/// them names (`// Layer 1: parts`).
struct Manifest: Sendable {
    struct Target: Equatable, Sendable {
        let name: String
        let layer: Int
    }

    private(set) var targets: [Target] = []
    private(set) var tests: [String] = []

    /// Reads the elements of the list `targets:`: each is a call whose first literal is the name.
    init(_ text: String) {
        var layer = 0
        var element: String?
        var depth = 0
        for line in Self.targetLines(of: text) {
            guard element != nil || !line.hasPrefix("]") else { break }
            if line.hasPrefix("// Layer "), let number = Int(line.dropFirst(9).prefix { $0 != ":" })
            {
                layer = number
            }
            guard !line.hasPrefix("//") else { continue }
            element = (element ?? "") + line
            depth += line.count { $0 == "(" } - line.count { $0 == ")" }
            if depth == 0, let call = element {
                add(call, layer: layer)
                element = nil
            }
        }
    }

    private static func targetLines(of text: String) -> [Substring] {
        text.split(separator: "\n")
            .map { $0.drop { $0 == " " } }
            .drop { $0 != "targets: [" }
            .dropFirst()
            .map { Substring($0) }
    }

    private mutating func add(_ call: String, layer: Int) {
        let literals = call.split(separator: "\"", omittingEmptySubsequences: false)
        guard literals.count > 1 else { return }
        let name = String(literals[1])
        if call.hasPrefix("tests(") {
            tests.append(name + "Tests")
        } else if call.hasPrefix(".testTarget(") {
            tests.append(name)
        } else if call.contains("path: \"Tests/") {
            tests.append(name)
        } else {
            targets.append(Target(name: name, layer: layer))
        }
    }

    func position(of name: String) -> Int? { targets.firstIndex { $0.name == name } }

    /// The layer of a product target; nil for what the manifest does not list.
    func layer(of name: String) -> Int? { targets.first { $0.name == name }?.layer }
}
