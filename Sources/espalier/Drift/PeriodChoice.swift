internal import ArgumentParser
internal import Drift
internal import Project

/// A stretch of event time as an option gives it: two times, the name of one of the project's
/// periods, or what the model was trained on.
enum PeriodChoice: Equatable, Sendable, ExpressibleByArgument {
    case span(TimeSpan)
    case named(String)
    case training

    static let expectation =
        "\(TimeSpan.expectation), or the name of one of the project's `drift.periods`"

    init?(argument: String) {
        if let span = TimeSpan(argument: argument) {
            self = .span(span)
        } else if argument == DriftSettings.training {
            self = .training
        } else if !argument.isEmpty, !argument.contains("..") {
            self = .named(argument)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "all" }

    /// - Parameter option: named in the error.
    func span(in project: ProjectFile, option: String) throws(Failure) -> TimeSpan {
        switch self {
        case .span(let span): return span
        case .training:
            throw Failure(.usage, "\(option): found `training`; expected \(Self.expectation)")
        case .named(let name):
            let periods = project.drift?.periods ?? [:]
            guard let period = periods[name] else {
                let known = periods.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
                throw Failure(
                    .usage,
                    "\(option): found `\(name)`; expected \(Self.expectation)"
                        + (known.isEmpty ? "" : " (\(known))"))
            }
            var span = TimeSpan()
            (span.fromMillis, span.toMillis) = (period.lowerBound, period.upperBound)
            return span
        }
    }
}
