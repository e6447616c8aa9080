internal import Bytes

/// A place in one entity's retained events: a running number, and the page that holds it.
///
/// Numbers count the entity's events and wrap at 2^32; compare them only by `distance`.
struct Cursor: Equatable, BitwiseCopyable {
    var sequence: UInt32
    var page: UInt32

    static let start = Cursor(sequence: 0, page: RetainedEvents.noPage)

    init(sequence: UInt32, page: UInt32) {
        self.sequence = sequence
        self.page = page
    }

    @inline(__always)
    init(word: UInt64) {
        sequence = UInt32(truncatingIfNeeded: word)
        page = UInt32(truncatingIfNeeded: word >> 32)
    }

    @inline(__always)
    var word: UInt64 { UInt64(page) << 32 | UInt64(sequence) }

    /// The place of this event inside its page.
    @inline(__always)
    var rowInPage: Int { Int(sequence) & (RetainedEvents.pageRows - 1) }

    @inline(__always)
    var isLastInPage: Bool { rowInPage == RetainedEvents.pageRows - 1 }

    /// How many events lie from here to `other`; negative when `other` comes first.
    @inline(__always)
    func distance(to other: Cursor) -> Int { Int(Int32(bitPattern: other.sequence &- sequence)) }
}

/// The retained events of all entities of one type: lists of pages of eight rows in one pool.
///
///     page:  8 × | time | value of column 0 | value of column 1 | … |          8 bytes each
///     links: | next | previous | owner | sequence of its first row |           16 bytes
///
/// A row's time and values lie together, because whoever reads one reads the others: an event that
/// enters or leaves a window costs one cache line.
///
/// An event therefore costs `8 * (1 + columns) + 2` bytes, and each entity half a page at either
/// end. Every operation is O(1) except the insertion of a late event, which shifts the entity's
/// later rows.
struct RetainedEvents: ~Copyable {
    static let pageRows = 8
    static let noPage = UInt32.max

    struct Links: BitwiseCopyable {
        var next: UInt32
        var previous: UInt32
        /// The entity's row, or `noPage` while the page is free.
        var owner: UInt32
        var firstSequence: UInt32
    }

    let columns: Int
    let pageWords: Int
    var words: MappedArray<UInt64>
    var links: MappedArray<Links>
    var freePage = RetainedEvents.noPage
    /// Pages ever used; the ones behind it were never touched.
    var pagesTouched = 0
    var pagesInUse = 0
    /// The free pages of a snapshot under way.
    var freeCut = FreeListCut(none: RetainedEvents.noPage)

    /// Words of an event: its time and the values.
    private var rowWords: Int { 1 &+ columns }

    /// - Parameters:
    ///   - columns: values kept beside the time of each event.
    ///   - eventsMax: rows that the pool can hold.
    init(columns: Int, eventsMax: Int) {
        self.columns = columns
        pageWords = Self.pageRows * (1 + columns)
        let pages = max(eventsMax / Self.pageRows, 2)
        words = MappedArray(capacity: pages * pageWords)
        links = MappedArray(capacity: pages)
    }

    /// Bytes of the pages that hold events now.
    var bytesInUse: Int {
        pagesInUse * (pageWords * MemoryLayout<UInt64>.size + MemoryLayout<Links>.size)
    }

    // MARK: Rows

    /// Where the event begins in `words`, which checks it.
    @inline(__always)
    func place(_ cursor: Cursor) -> Int {
        Int(cursor.page) &* pageWords &+ cursor.rowInPage &* rowWords
    }

    @inline(__always)
    func time(_ cursor: Cursor) -> Int64 {
        Int64(bitPattern: words[place(cursor)])
    }

    @inline(__always)
    func bits(_ column: Int, _ cursor: Cursor) -> UInt64 {
        words[place(cursor) &+ 1 &+ column]
    }

    @inline(__always)
    func value(_ column: Int, _ cursor: Cursor) -> Double {
        Double(bitPattern: bits(column, cursor))
    }

    @inline(__always)
    mutating func setTime(_ time: Int64, _ cursor: Cursor) {
        words[place(cursor)] = UInt64(bitPattern: time)
    }

    @inline(__always)
    mutating func setBits(_ bits: UInt64, _ column: Int, _ cursor: Cursor) {
        words[place(cursor) &+ 1 &+ column] = bits
    }

    mutating func copyRow(from source: Cursor, to target: Cursor) {
        setTime(time(source), target)
        for column in 0..<columns { setBits(bits(column, source), column, target) }
    }

    // MARK: Walking

    @inline(__always)
    func after(_ cursor: Cursor) -> Cursor {
        let sequence = cursor.sequence &+ 1
        let crosses = sequence & UInt32(Self.pageRows - 1) == 0
        return Cursor(
            sequence: sequence, page: crosses ? links[Int(cursor.page)].next : cursor.page)
    }

    /// The place before `cursor`; when `cursor` is the end of a full last page, `last` is that
    /// page.
    @inline(__always)
    func before(_ cursor: Cursor, last: UInt32) -> Cursor {
        guard cursor.rowInPage == 0 else {
            return Cursor(sequence: cursor.sequence &- 1, page: cursor.page)
        }
        let page = cursor.page == Self.noPage ? last : links[Int(cursor.page)].previous
        return Cursor(sequence: cursor.sequence &- 1, page: page)
    }

    /// The first place from `cursor` up to `end` whose event is younger than `time`. O(events
    /// passed).
    @inline(__always)
    func advance(_ cursor: Cursor, to end: Cursor, past time: Int64) -> Cursor {
        var cursor = cursor
        while cursor.sequence != end.sequence, self.time(cursor) <= time { cursor = after(cursor) }
        return cursor
    }

    // MARK: Pages

    /// Takes a page for `owner` and links it behind `previous`; nil when the pool is full.
    mutating func takePage(owner: UInt32, firstSequence: UInt32, after previous: UInt32) -> UInt32?
    {
        let page: UInt32
        if freePage != Self.noPage {
            page = freePage
            if page == freeCut.next { noteFreePage() }
            freePage = links[Int(page)].next
        } else {
            guard pagesTouched < links.capacity else { return nil }
            page = UInt32(pagesTouched)
            pagesTouched += 1
        }
        pagesInUse += 1
        links[Int(page)] = Links(
            next: Self.noPage, previous: previous, owner: owner, firstSequence: firstSequence)
        if previous != Self.noPage { links[Int(previous)].next = page }
        return page
    }

    /// Gives back the first page of an entity and returns the one behind it.
    mutating func freeFirstPage(_ page: UInt32) -> UInt32 {
        let next = links[Int(page)].next
        if next != Self.noPage { links[Int(next)].previous = Self.noPage }
        links[Int(page)].owner = Self.noPage
        links[Int(page)].next = freePage
        freePage = page
        pagesInUse -= 1
        return next
    }

    /// The row of `owner` whose `column` holds exactly `bits`, searched from `page` onwards.
    ///
    /// Rows only ever move towards the end (a late event shifts them), so the page an event was put
    /// on is where the search starts. Nil when the event is no longer retained.
    func find(bits wanted: UInt64, column: Int, owner: UInt32, from page: UInt32) -> Cursor? {
        var page = page
        while page != Self.noPage, Int(page) < pagesTouched, links[Int(page)].owner == owner {
            for row in 0..<Self.pageRows {
                let cursor = Cursor(
                    sequence: links[Int(page)].firstSequence &+ UInt32(row), page: page)
                if bits(column, cursor) == wanted { return cursor }
            }
            page = links[Int(page)].next
        }
        return nil
    }

    func owner(of page: UInt32) -> UInt32 {
        Int(page) < pagesTouched ? links[Int(page)].owner : Self.noPage
    }
}
