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
    /// Faults beyond those.
    public let omittedCount: Int

    /// A line `file:line:column: found …; expected …` for each.
    public func description(of file: String) -> String {
        let lines = errors.map { "\(file):\($0)" }
        let omitted = omittedCount > 0 ? ["\(file): \(omittedCount) more"] : []
        return (lines + omitted).joined(separator: "\n")
    }
}

/// The faults found so far.
struct Problems {
    static let errorsMax = 50

    private(set) var errors: [ProjectError] = []
    private var omittedCount = 0

    var isEmpty: Bool { errors.isEmpty }

    mutating func add(
        at position: Position, found: String, expected: String, suggestion: String? = nil
    ) {
        guard errors.count < Self.errorsMax else {
            omittedCount += 1
            return
        }
        errors.append(
            ProjectError(
                line: position.line, column: position.column, found: found, expected: expected,
                suggestion: suggestion))
    }

    var inOrder: ProjectErrors {
        let sorted = errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return ProjectErrors(errors: sorted, omittedCount: omittedCount)
    }
}
