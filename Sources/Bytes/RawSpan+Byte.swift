extension RawSpan {
    /// The byte at an offset within bounds.
    @inlinable
    @inline(__always)
    public func byte(_ offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
