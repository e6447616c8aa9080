internal import Yams

/// The file's text and the tree that the YAML reader made of it.
struct YAMLDocument {
    static let sourceBytesMax = 1 << 20
    /// Maps and lists inside each other.
    static let depthMax = 16

    let root: YAMLNode
    let text: SourceText

    /// Nil when the text is no YAML, or beyond a limit; the reason is among the problems.
    init?(_ source: [UInt8], _ problems: inout Problems) {
        guard source.count <= Self.sourceBytesMax else {
            problems.add(
                at: .start, found: "a file of \(source.count) bytes",
                expected: "at most \(Self.sourceBytesMax) (sourceBytesMax)")
            return nil
        }
        let decoded = String(decoding: source, as: UTF8.self)
        text = SourceText(decoded)
        guard decoded.utf8.elementsEqual(source) else {
            let bad = zip(decoded.utf8, source).prefix { $0 == $1 }.count
            problems.add(
                at: text.position(ofByte: bad), found: "bytes that are not UTF-8",
                expected: "a UTF-8 file")
            return nil
        }
        if let alias = text.firstAlias {
            problems.add(
                at: alias.position, found: "alias `*\(alias.name)`",
                expected: "the value itself: a project file has no aliases")
            return nil
        }
        guard let node = Self.compose(decoded, text, &problems) else { return nil }
        var reader = NodeReader()
        guard let root = reader.node(node, depth: 0, &problems) else { return nil }
        self.root = root
    }

    private static func compose(
        _ source: String, _ text: SourceText, _ problems: inout Problems
    ) -> Node? {
        do {
            guard let node = try Parser(yaml: source).singleRoot() else {
                problems.add(at: .start, found: "an empty file", expected: "a project")
                return nil
            }
            return node
        } catch let error as YamlError {
            add(error, text, &problems)
        } catch {
            problems.add(at: .start, found: "no YAML", expected: "a YAML file")
        }
        return nil
    }

    /// Says in our words what the YAML reader said in its own.
    private static func add(_ error: YamlError, _ text: SourceText, _ problems: inout Problems) {
        func add(_ mark: Mark, _ problem: String, _ context: YamlError.Context?) {
            let place = context.map { " \($0.text)" } ?? ""
            problems.add(
                at: Position(line: max(1, mark.line), column: max(1, mark.column)),
                found: "broken YAML: \(problem)\(place)",
                expected: "a YAML file; most expressions need quotes")
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            add(mark, problem, context)
        case .reader(let problem, let offset, _, _):
            problems.add(
                at: text.position(ofCharacter: offset ?? 0), found: "broken YAML: \(problem)",
                expected: "a YAML file")
        case .duplicatedKeysInMapping(let keys, let context):
            problems.add(
                at: Position(line: max(1, context.mark.line), column: max(1, context.mark.column)),
                found: "key `\(keys.first ?? "")` twice in one map", expected: "every key once")
        default:
            problems.add(at: .start, found: "no YAML", expected: "a YAML file")
        }
    }
}

/// Turns the YAML reader's nodes into ours.
private struct NodeReader {
    mutating func node(_ node: Node, depth: Int, _ problems: inout Problems) -> YAMLNode? {
        let position = Position(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        guard depth <= YAMLDocument.depthMax else {
            problems.add(
                at: position, found: "more than \(YAMLDocument.depthMax) levels of nesting",
                expected: "at most that many (depthMax)")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(
                position: position, content: .scalar(scalar.string, style(scalar.style)))
        case .sequence(let sequence):
            let elements = sequence.compactMap { self.node($0, depth: depth + 1, &problems) }
            return YAMLNode(position: position, content: .list(elements))
        case .mapping(let mapping):
            let entries = mapping.compactMap { entry($0, $1, depth: depth, &problems) }
            return YAMLNode(position: position, content: .map(entries))
        case .alias: return nil
        }
    }

    private mutating func entry(
        _ key: Node, _ value: Node, depth: Int, _ problems: inout Problems
    ) -> YAMLNode.Entry? {
        guard let key = node(key, depth: depth + 1, &problems),
            let value = node(value, depth: depth + 1, &problems)
        else { return nil }
        guard let name = key.scalar else {
            problems.add(at: key.position, found: "\(key.description) as a key", expected: "a name")
            return nil
        }
        return YAMLNode.Entry(key: name, keyPosition: key.position, value: value)
    }

    private func style(_ style: Node.Scalar.Style) -> YAMLNode.Style {
        switch style {
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal, .folded: .block
        case .any, .plain: .plain
        }
    }
}
