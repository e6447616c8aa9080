/// The first events of interest: by their time, or by their offset in each partition.
public enum EventBound: Equatable, Sendable {
    /// Milliseconds since the Unix epoch.
    case time(Int64)
    case offset(Int64)
}
