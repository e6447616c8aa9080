@testable import Project

/// Project files for the tests.
enum ProjectSource {
    /// A small file that is right; lines from the seventh on are features.
    static func file(features: String, rest: String = "") -> String {
        """
        project: demo
        events:
          topic: payments
          id: id
          fields: {id: int64, at: int64, customer: int64, amount: double, merchant: string, \
          online: bool}
        labels: {topic: labels, id: id, value: fraud, maturity: 7d}
        features:
        \(features.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
            .joined(separator: "\n"))
        \(rest)
        """
    }

    /// The faults of a file, a line each, without the file's name.
    static func faults(_ source: String) -> [String] {
        faults(Array(source.utf8))
    }

    static func faults(_ source: [UInt8]) -> [String] {
        do {
            _ = try ProjectFile(source)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }
}
