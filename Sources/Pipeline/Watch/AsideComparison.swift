internal import Drift
internal import Statistics

/// Compares the windows that a batch closes outside of the loop that steps events.
public struct AsideComparison: Sendable {
    /// Compares.
    public typealias Work = @Sendable () -> Compared

    /// What came of it: for the pipeline alone.
    public struct Compared: Sendable {
        let monitor: DriftMonitor<FeatureSummary>
        let findings: [WindowFindings]
    }

    /// Work that was begun.
    public struct Begun: Sendable {
        let isDone: @Sendable () -> Bool
        let result: Work

        /// - Parameter result: waits for the end.
        public init(isDone: @escaping @Sendable () -> Bool, result: @escaping Work) {
            self.isDone = isDone
            self.result = result
        }
    }

    let begin: @Sendable (@escaping Work) -> Begun

    /// - Parameter begin: lets the work be done elsewhere, once.
    public init(begin: @escaping @Sendable (@escaping Work) -> Begun) { self.begin = begin }
}
