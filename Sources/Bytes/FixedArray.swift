/// A fixed number of elements at one place in memory, made once and owned by one value.
///
/// For what a loop reads and writes all the time: unlike an `Array`, an element is written without
/// asking whether the storage is shared, read without counting references, and may be noncopyable.
/// Not for what is copied, grows, or lives for a moment. O(1), checked against the count.
@safe public struct FixedArray<Element: ~Copyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    public let count: Int

    /// - Parameter make: makes the element of each place, in order.
    @inlinable
    public init(count: Int, _ make: (_ place: Int) -> Element) {
        precondition(count >= 0, "\(count) elements")
        unsafe base = .allocate(capacity: count)
        for place in 0..<count { unsafe (base + place).initialize(to: make(place)) }
        self.count = count
    }

    @inlinable
    deinit {
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    @inlinable
    public var indices: Range<Int> { 0..<count }

    @inlinable
    public subscript(place: Int) -> Element {
        @inline(__always)
        _read {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
            yield unsafe base[place]
        }
        @inline(__always)
        _modify {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
            yield unsafe &base[place]
        }
    }
}

extension FixedArray {
    @inlinable
    public init(repeating element: Element, count: Int) { self.init(count: count) { _ in element } }

    @inlinable
    public init(_ elements: [Element]) { self.init(count: elements.count) { elements[$0] } }

    /// The elements, for reading.
    @inlinable
    public var span: Span<Element> {
        @_lifetime(borrow self) get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The elements, for writing.
    @inlinable
    public var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self) mutating get {
            let span = unsafe MutableSpan(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }
}
