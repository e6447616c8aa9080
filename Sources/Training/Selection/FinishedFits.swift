/// Fits of a fold's first λ, as an interrupted run leaves them.
public struct FinishedFold: Equatable, Sendable {
    public var points: [PathPoint]
    /// Of the same λ, from the first one on, as far as they were judged.
    public var qualities: [FoldQuality]

    public init(points: [PathPoint] = [], qualities: [FoldQuality] = []) {
        self.points = points
        self.qualities = qualities
    }

    /// Qualities that there is a fit for.
    var judged: [FoldQuality] { Array(qualities.prefix(points.count)) }
}

/// What an interrupted run has fitted, by which a second run of the same inputs goes on: paths by
/// the names that the run gives them.
public struct FinishedFits: Equatable, Sendable {
    /// Names the data and everything that the fits depend on.
    public let inputs: String
    public internal(set) var paths: [String: FinishedFold] = [:]

    public init(inputs: String) { self.inputs = inputs }

    /// A path, or nothing where the run did not come to it.
    public subscript(name: String) -> FinishedFold {
        get { paths[name] ?? FinishedFold() }
        set { paths[name] = newValue.points.isEmpty ? nil : newValue }
    }

    /// Fits of all paths.
    public var count: Int { paths.values.reduce(0) { $0 + $1.points.count } }

    /// The same with a path that is under way.
    public func with(_ points: [PathPoint], as name: String) -> FinishedFits {
        var fits = self
        fits[name] = FinishedFold(points: points, qualities: fits[name].qualities)
        return fits
    }
}
