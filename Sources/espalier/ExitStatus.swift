/// Exit codes, as in sysexits.h where it has them.
enum ExitStatus: Int32 {
    case success = 0
    /// Work done, and what it found breaks a gate: drift, for one.
    case gate = 1
    /// Arguments that make no sense.
    case usage = 64
    /// Input that is not what it should be.
    case data = 65
    /// No broker, or one that will not have us.
    case unavailable = 69
    /// Ours, not the user's.
    case fault = 70
    /// A file or stream that cannot be read or written.
    case inputOutput = 74
    /// A project file or property that makes no sense.
    case configuration = 78
    /// SIGINT, as shells report it.
    case interrupted = 130
}
