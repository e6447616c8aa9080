/// What a decoder accepts at most; a message beyond is rejected as `too_large` or `too_deep`.
public struct DecodeLimits: Equatable, Sendable {
    /// Bytes of a message: 1 MiB, the largest a broker takes unless told otherwise.
    public var messageBytesMax = 1 << 20
    /// Bytes of one declared string.
    public var stringBytesMax = 65_536
    /// Objects and arrays inside each other, the message included.
    public var depthMax = 64

    public init() {}
}
