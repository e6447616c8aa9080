import Sparse

/// Examples in Vowpal Wabbit's text format, the part of it that its own test sets use: `label
/// |namespace name:value name …`. Every distinct name becomes an index; the last index is the
/// constant 1 that Vowpal Wabbit adds to each example.
struct VowpalText {
    struct Example {
        var label: Double
        var vector: SparseVector
    }

    private(set) var examples: [Example] = []
    private(set) var names: [String] = []
    private var indices: [String: UInt32] = [:]

    init(_ lines: [Substring]) { append(lines) }

    var constantIndex: Int { names.count }

    /// A name seen before keeps its index, so a test set can follow its training set.
    mutating func append(_ lines: [Substring]) { for line in lines { examples.append(read(line)) } }

    /// The examples with the constant as one more feature.
    func withConstant() -> [Example] {
        examples.map {
            var example = $0
            example.vector.append(UInt32(constantIndex), 1)
            return example
        }
    }

    private mutating func read(_ line: Substring) -> Example {
        let parts = line.split(separator: "|")
        let tokens = parts[1].split(separator: " ")
        let space = parts[1].hasPrefix(" ") ? "" : String(tokens[0])
        var vector = SparseVector()
        for token in space.isEmpty ? tokens[...] : tokens.dropFirst() {
            let pair = token.split(separator: ":")
            let index = index(of: "\(space)^\(pair[0])")
            // Vowpal Wabbit keeps values as floats.
            let value = pair.count == 2 ? Double(Float(pair[1]) ?? .nan) : 1
            if value != 0 { vector.append(index, value) }
        }
        let label = Double(parts[0].split(separator: " ")[0]) ?? .nan
        return Example(label: label, vector: vector)
    }

    private mutating func index(of name: String) -> UInt32 {
        if let index = indices[name] { return index }
        let index = UInt32(names.count)
        names.append(name)
        indices[name] = index
        return index
    }
}
