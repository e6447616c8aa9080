import Features
import Glibc
import Pipeline

/// What the windows keep, by their own account and by the growth of the process.
enum WindowBenchmark {
    private static let eventBytesMax = 24.0
    private static let entityBytesMax = 64.0

    static func measure(_ log: borrowing PaymentLog) throws -> [Measurement] {
        var pipeline = try EventPipeline(HandbookProject.scoringSettings(HandbookProject.features))
        var outbox = Outbox()
        let before = try residentBytes()
        for record in log.events {
            pipeline.step(
                record.origin, key: nil, value: log.bytes(record.value), into: &outbox)
            if outbox.messages.count == outboxMessages { outbox.removeAll() }
        }
        let grown = try residentBytes() - before
        let state = pipeline.status.features
        let allowed =
            Double(state.retainedEvents) * eventBytesMax + Double(state.entities) * entityBytesMax
        return [
            Measurement(
                "state against the allowance", Double(state.stateBytes) / allowed, "", .atMost(1),
                note: "24 bytes a retained event + 64 an entity"),
            Measurement(
                "state per retained event", Double(state.stateBytes) / Double(state.retainedEvents),
                "bytes", note: "entities' rows and their index included"),
            Measurement("retained events", Double(state.retainedEvents), ""),
            Measurement("entities", Double(state.entities), ""),
            Measurement(
                "process growth against state", Double(grown) / Double(state.stateBytes), "",
                note: "buffers of the pipeline included"),
        ]
    }

    private static let outboxMessages = 1_000

    /// Resident memory of this process.
    private static func residentBytes() throws -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { throw NoStatistics() }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else { throw NoStatistics() }
        let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw NoStatistics() }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// `/proc/self/statm` is not there or not as expected.
    struct NoStatistics: Error {}
}
