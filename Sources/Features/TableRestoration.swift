/// A table in the making from snapshots, newest first, each of which builds upon the one that
/// follows.
final class TableRestoration {
    /// Rows that were taken in.
    var taken: RowSet
    /// Rows of which the older snapshots tell nothing that still holds.
    private var settled: RowSet
    /// What the newest snapshot says besides the rows.
    var summary = TableCut.Summary()
    var freeRows: [UInt32] = []
    var freePages: [UInt32] = []

    init(limits: FeatureLimits) {
        taken = RowSet(rowsMax: limits.entitiesMax)
        settled = RowSet(rowsMax: limits.entitiesMax)
    }

    func isSettled(_ row: UInt32) -> Bool { settled.contains(row) }

    /// What follows is older.
    ///
    /// - Parameter rows: above every row that was taken in.
    func settle(below rows: Int) {
        settled.formUnion(taken, below: rows)
        for row in freeRows { settled.insert(row) }
    }
}
