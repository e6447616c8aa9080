/// Stretches of elements as the bytes they are in memory, for frames: of fixed-width numbers on a
/// little-endian machine, which is every machine this runs on.
extension MappedArray {
    /// The bytes of some elements, lent. O(1).
    @_lifetime(borrow self)
    public func bytes(_ range: Range<Int>) -> RawSpan {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity, "\(range)")
        let start = unsafe UnsafeRawPointer(base + range.lowerBound)
        let span = unsafe RawSpan(
            _unsafeStart: start, byteCount: range.count * MemoryLayout<Element>.stride)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Fills elements from `start` on with bytes that `bytes(_:)` lent. O(bytes).
    ///
    /// - Precondition: any bytes are a value of `Element`, as with numbers.
    public mutating func fill(from start: Int, with bytes: RawSpan) {
        let count = bytes.byteCount / MemoryLayout<Element>.stride
        precondition(
            start >= 0 && count * MemoryLayout<Element>.stride == bytes.byteCount
                && count <= capacity - start, "\(bytes.byteCount) bytes at \(start) of \(capacity)")
        unsafe bytes.withUnsafeBytes { source in
            guard let address = source.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(base + start).copyMemory(
                from: address, byteCount: source.count)
        }
    }
}
