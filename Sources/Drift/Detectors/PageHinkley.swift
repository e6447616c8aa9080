internal import Bytes

/// Tells when the mean of a stream has moved (Page 1954, Hinkley 1971), by cumulative deviations
/// from the running mean. O(1) time and memory a value.
public struct PageHinkley: Sendable {
    /// When a change is one.
    public struct Parameters: Equatable, Sendable {
        /// Values before which nothing is said.
        public var valuesMin = 30
        /// The change of the mean that is tolerated, in the unit of the values.
        public var tolerance = 0.005
        /// The accumulated deviation at which a change is told.
        public var threshold = 50.0
        /// How much of the accumulated deviation stays at each value, 0…1.
        public var retention = 0.9999

        public init() {}
    }

    /// Which way the mean moved.
    public enum Change: Equatable, Sendable {
        case rise, fall
    }

    private let parameters: Parameters
    private var count = 0
    private var mean = 0.0
    private var rise = 0.0
    private var fall = 0.0
    private var lowestRise = Double.infinity
    private var highestFall = -1.0

    public init(_ parameters: Parameters = Parameters()) { self.parameters = parameters }

    /// Takes the next value, and begins anew after a change. What is not finite is ignored.
    ///
    /// - Returns: the change that this value completes, if it does.
    public mutating func update(_ value: Double) -> Change? {
        guard value.isFinite else { return nil }
        count += 1
        mean += (value - mean) / Double(count)
        let deviation = value - mean
        rise = parameters.retention * rise + deviation - parameters.tolerance
        fall = parameters.retention * fall + deviation + parameters.tolerance
        lowestRise = min(lowestRise, rise)
        highestFall = max(highestFall, fall)
        guard count >= parameters.valuesMin else { return nil }
        let change: Change? =
            if rise - lowestRise > parameters.threshold {
                .rise
            } else if highestFall - fall
                > parameters.threshold
            { .fall } else { nil }
        if change != nil { self = PageHinkley(parameters) }
        return change
    }
}

extension PageHinkley {
    /// `| count u64 | mean, rise, fall, lowest rise, highest fall f64 |`
    func append(to writer: inout ByteWriter) {
        writer.append(count: count)
        for number in [mean, rise, fall, lowestRise, highestFall] { writer.append(fixed: number) }
    }

    init(_ parameters: Parameters, from reader: inout ByteReader) throws(FormatError) {
        self.init(parameters)
        count = Int(try reader.readTally("values"))
        mean = try reader.readDouble()
        rise = try reader.readDouble()
        fall = try reader.readDouble()
        lowestRise = try reader.readDouble()
        highestFall = try reader.readDouble()
    }
}
