internal import Glibc
internal import JSON

/// Memory of this process.
enum ProcessMemory {
    /// The most that was held at once, program and libraries included; nil where the system does
    /// not tell (`/proc/self/status` of Linux).
    static var peakBytes: Int64? {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return nil }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let fields = text.split { $0 == " " || $0 == "\t" }
            if fields.count > 1, fields[0] == "VmHWM:" { return Int64(fields[1]).map { $0 << 10 } }
        }
        return nil
    }

    /// The same in a report; null where nobody tells.
    static var peak: JSONValue { peakBytes.map { .integer($0) } ?? .null }
}
