internal import Bytes

/// The log as it was read: every whole entry, and where the next one goes.
struct RegistryLog {
    private(set) var entries: [LogEntry] = []
    /// Bytes of whole entries. What stands behind them was being written when its writer died, or
    /// is being written now.
    private(set) var byteCount = 0
    /// Bytes behind the whole entries.
    private(set) var tornBytes = 0
    /// SHA-256 of the last entry's frame.
    private(set) var head = ""

    /// Reads entry after entry and follows the chain of digests.
    ///
    /// - Throws: `RegistryError.logDamaged` for bytes that no interrupted writer leaves, and
    ///   `.logBroken` for entries that do not belong together.
    init(_ bytes: RawSpan, path: String) throws(RegistryError) {
        while byteCount < bytes.byteCount {
            let rest = bytes.extracting(byteCount..<bytes.byteCount)
            var length = 0
            let entry: LogEntry
            do throws(FormatError) { entry = try LogEntry(rest, byteCount: &length) } catch {
                guard Self.isTorn(rest, error) else {
                    throw .logDamaged(path: path, byte: byteCount, error)
                }
                tornBytes = rest.byteCount
                return
            }
            guard entry.sequence == UInt64(entries.count) + 1, entry.previous == head else {
                throw .logBroken(path: path, entry: UInt64(entries.count) + 1)
            }
            head = ContentDigest(of: rest.extracting(first: length)).hex
            entries.append(entry)
            byteCount += length
        }
    }

    /// Whether an interrupted append leaves such bytes: the beginning of one frame, or, after a
    /// power cut, room that was never written. A whole entry further on says that it is damage.
    private static func isTorn(_ rest: RawSpan, _ error: FormatError) -> Bool {
        switch error {
        // A whole frame with less in it than it says was never being written.
        case .truncated:
            (try? Frame.byteCount(of: rest)) == nil && !hasEntry(behindTheFirstByteOf: rest)
        default: isZero(rest)
        }
    }

    private static func isZero(_ bytes: RawSpan) -> Bool {
        for place in 0..<bytes.byteCount where bytes.byte(place) != 0 { return false }
        return true
    }

    private static func hasEntry(behindTheFirstByteOf rest: RawSpan) -> Bool {
        guard rest.byteCount > 1 else { return false }
        for place in 1..<rest.byteCount where rest.byte(place) == UInt8(ascii: "E") {
            var length = 0
            let found = try? LogEntry(
                rest.extracting(place..<rest.byteCount), byteCount: &length)
            if found != nil { return true }
        }
        return false
    }
}
