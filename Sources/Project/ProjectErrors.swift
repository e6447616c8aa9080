/// One fault of a project file.
public struct ProjectError: Equatable, Sendable {
    /// From 1.
    public let line: Int
    /// From 1, in Unicode code points.
    public let column: Int
    public let found: String
    public let expected: String
    /// What was probably meant.
    public let suggestion: String?
}

extension ProjectError: CustomStringConvertible {
    /// `line:column: found …; expected …`
    public var description: String {
        let meant = suggestion.map { "; did you mean `\($0)`?" } ?? ""
        return "\(line):\(column): found \(found); expected \(expected)\(meant)"
    }
}

/// Every fault of a project file, in the order of the file.
public struct ProjectErrors: Error, Equatable, Sendable {
    /// At least one, at most `Problems.errorsMax`.
    public let errors: [ProjectError]
    /// Whether there may be more: the reader stops at so many.
    public let areCut: Bool

    /// A line `file:line:column: found …; expected …` for each.
    public func description(of file: String) -> String {
        let lines = errors.map { "\(file):\($0)" }
        let rest = areCut ? ["\(file): there may be more faults, not shown"] : []
        return (lines + rest).joined(separator: "\n")
    }
}

/// The faults found so far.
struct Problems {
    static let errorsMax = 50

    private(set) var errors: [ProjectError] = []

    var isEmpty: Bool { errors.isEmpty }
    /// Whether another fault would not be kept, so that there is no use in looking for one.
    var isFull: Bool { errors.count >= Self.errorsMax }

    mutating func add(
        at position: Position, found: String, expected: String,
        suggestion: @autoclosure () -> String? = nil
    ) {
        guard !isFull else { return }
        errors.append(
            ProjectError(
                line: position.line, column: position.column, found: found, expected: expected,
                suggestion: suggestion()))
    }

    var inOrder: ProjectErrors {
        let sorted = errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return ProjectErrors(errors: sorted, areCut: isFull)
    }
}
