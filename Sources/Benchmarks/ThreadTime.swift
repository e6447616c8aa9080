import Glibc

/// CPU time of the calling thread: what a loop costs, whatever else the machine is doing.
enum ThreadTime {
    /// Nanoseconds since some moment in the past.
    static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
