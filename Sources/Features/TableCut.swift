internal import Bytes

/// What a snapshot under way has of a table: the state of one moment, although the table goes on.
///
/// Where a cut builds upon the one before, rows that have not changed since are as good as written.
/// A row is written when the scan comes to it, or just before an event changes it for the first
/// time since the cut, whichever is earlier; so every row is written as it stood at the cut.
/// Memory: a bit per row, and what was written and not yet collected.
struct TableCut: ~Copyable {
    /// Rows below this belong to the cut; 0 while no snapshot is under way.
    private(set) var rows: UInt32 = 0
    /// The row that the scan comes to next.
    var next: UInt32 = 1
    /// Records of `EntityTable.append(record:)`.
    var records = ByteWriter()
    /// Everything that is not a row, as of the cut.
    private(set) var summary = Summary()
    private var done = FixedArray<UInt64>(repeating: 0, count: 0)

    struct Summary {
        var rowsTouched = 1
        var hand = 1
        var pagesTouched = 0
        var counts = FeatureCounts()
    }

    /// - Parameters:
    ///   - changed: rows that changed since the cut before.
    ///   - sparesOthers: whether only these belong to the cut.
    mutating func begin(
        _ summary: Summary, changed: borrowing RowSet, sparesOthers: Bool
    ) {
        rows = UInt32(summary.rowsTouched)
        next = 1
        self.summary = summary
        done = FixedArray(repeating: 0, count: summary.rowsTouched / 64 + 1)
        if sparesOthers {
            for number in done.indices { done[number] = ~changed.word(number) }
        }
        records.removeAll()
    }

    /// The snapshot has everything, or was given up.
    mutating func end() {
        rows = 0
        done = FixedArray(repeating: 0, count: 0)
        records = ByteWriter()
    }

    /// Whether the row needs to be written no more.
    func isFinished(_ row: UInt32) -> Bool { done[Int(row >> 6)] & 1 << UInt64(row & 63) != 0 }

    /// Passes over rows from `next` on that need not be written. O(1) for each of those that do,
    /// and for 64 of the others.
    mutating func skipFinished() {
        while next < rows {
            let open = ~done[Int(next >> 6)] >> UInt64(next & 63)
            guard open == 0 else {
                next += UInt32(open.trailingZeroBitCount)
                return
            }
            next = (next | 63) + 1
        }
    }

    /// Whether the row needs to be written no more; it needs not from now on.
    mutating func finish(_ row: UInt32) -> Bool {
        let bit: UInt64 = 1 << (row & 63)
        let wasDone = done[Int(row >> 6)] & bit != 0
        done[Int(row >> 6)] |= bit
        return wasDone
    }
}
