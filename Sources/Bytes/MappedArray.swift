public import CPrefetch
internal import Glibc

/// A fixed number of elements in address space that is reserved once; memory arrives, zeroed, when
/// an element is first touched.
///
/// Growth therefore never copies and never pauses, and a generous capacity costs nothing until it
/// is used. For state with a stated limit; not for small or short-lived arrays (a mapping has whole
/// pages). Reading and writing are O(1) and checked against the capacity.
@safe public struct MappedArray<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    public let capacity: Int

    /// - Parameter capacity: elements, at least 1. Traps when the address space cannot be reserved.
    public init(capacity: Int) {
        let byteCount = max(capacity, 1) * MemoryLayout<Element>.stride
        let region = unsafe mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
            0)
        precondition(
            unsafe region != MAP_FAILED, "cannot reserve \(byteCount) bytes of address space")
        // Scattered reads of small pages cost more in address translation than in memory.
        if byteCount >= 8 * Self.hugePageBytes {
            _ = unsafe madvise(region, byteCount, MADV_HUGEPAGE)
        }
        unsafe base = region!.bindMemory(to: Element.self, capacity: capacity)
        self.capacity = capacity
    }

    private static var hugePageBytes: Int { 2 << 20 }

    deinit {
        unsafe munmap(
            UnsafeMutableRawPointer(base), max(capacity, 1) * MemoryLayout<Element>.stride)
    }

    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: capacity))
            return unsafe base[index]
        }
        set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: capacity))
            unsafe base[index] = newValue
        }
    }

    /// A stretch of elements, for reading.
    @inlinable
    @_lifetime(borrow self)
    public func span(_ range: Range<Int>) -> Span<Element> {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        let span = unsafe Span(_unsafeStart: base + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// A stretch of elements, for writing.
    @inlinable
    @_lifetime(&self)
    public mutating func mutableSpan(_ range: Range<Int>) -> MutableSpan<Element> {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        let span = unsafe MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, mutating: &self)
    }

    /// Asks for the memory of `count` elements from `index` on, so that reading or writing them
    /// soon need not wait. A hint: about any index, inside the capacity or not; costs about 1 ns a
    /// cache line.
    @inlinable
    @inline(__always)
    public func prefetch(_ index: Int, count: Int = 1) {
        guard UInt(bitPattern: index) < UInt(bitPattern: capacity) else { return }
        let start = unsafe UnsafeRawPointer(base + index)
        // Memory behind the last element may be asked for as well, and does no harm.
        let last = count &* MemoryLayout<Element>.stride &- 1
        var offset = 0
        while offset < last {
            unsafe cprefetch(start + offset)
            offset &+= cacheLineBytes
        }
        unsafe cprefetch(start + last)
    }
}

@usableFromInline let cacheLineBytes = 64
