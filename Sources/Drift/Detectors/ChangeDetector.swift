/// Tells when the mean of a stream has moved: as `AdaptiveWindow` or `PageHinkley` sees it,
/// whichever is first. O(log n) time and memory a value.
///
/// Both get the values in units of their own deviation, as it was at first, so that it does not
/// matter what the values are of. After a change both begin anew.
public struct ChangeDetector: Sendable {
    /// In deviations of the stream: a quarter is tolerated, and one deviation told after 70 values.
    static let parameters: PageHinkley.Parameters = {
        var parameters = PageHinkley.Parameters()
        parameters.tolerance = 0.25
        // What is forgotten of a long calm would look like a change.
        parameters.retention = 1
        return parameters
    }()
    /// Values that the deviation is taken from, at the beginning and after each change.
    static let scaleValues = 200

    /// A look every 32 values for months must not be one false alarm.
    static let windowParameters: AdaptiveWindow.Parameters = {
        var parameters = AdaptiveWindow.Parameters()
        parameters.confidence = 1e-6
        return parameters
    }()

    var window = AdaptiveWindow(Self.windowParameters)
    var deviations = PageHinkley(Self.parameters)
    var scale = Scale()

    /// The deviation of the first values (Welford 1962).
    struct Scale: Equatable {
        var count = 0
        var mean = 0.0
        var squares = 0.0

        /// Nil until there are enough, and for a stream that does not vary.
        var deviation: Double? {
            guard count == ChangeDetector.scaleValues, squares > 0 else { return nil }
            return (squares / Double(count)).squareRoot()
        }

        mutating func add(_ value: Double) {
            count += 1
            let gap = value - mean
            mean += gap / Double(count)
            squares += gap * (value - mean)
        }
    }

    public init() {}

    /// Takes the next value. What is not finite is ignored.
    ///
    /// - Returns: the change that this value completes, if it does.
    public mutating func update(_ value: Double) -> PageHinkley.Change? {
        guard value.isFinite else { return nil }
        guard let deviation = scale.deviation else {
            if scale.count < Self.scaleValues { scale.add(value) }
            return nil
        }
        let scaled = value / deviation
        var change = deviations.update(scaled)
        let before = window.mean
        if window.update(scaled / Self.rangeDeviations) {
            change = change ?? (window.mean > before ? .rise : .fall)
        }
        if change != nil { self = ChangeDetector() }
        return change
    }

    /// ADWIN's bound is of values that differ by 1 at most.
    private static let rangeDeviations = 6.0
}
