/// Who changed the registry, when and why.
public struct Attribution: Equatable, Sendable {
    public var who: String
    public var why: String
    /// Milliseconds since the Unix epoch, by the clock of whoever asks.
    public var timeMillis: Int64

    static let whoBytesMax = 256
    static let whyBytesMax = 4_096

    public init(who: String, why: String, timeMillis: Int64) {
        self.who = who
        self.why = why
        self.timeMillis = timeMillis
    }

    func validate() throws(RegistryError) {
        guard who.utf8.count <= Self.whoBytesMax else {
            throw .tooLong(field: "who", bytes: who.utf8.count, bytesMax: Self.whoBytesMax)
        }
        guard why.utf8.count <= Self.whyBytesMax else {
            throw .tooLong(field: "why", bytes: why.utf8.count, bytesMax: Self.whyBytesMax)
        }
    }
}
