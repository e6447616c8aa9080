extension FeatureMatrix {
    /// Of a column's numbers: equal columns have equal digests (FNV-1a by words). Linear in what
    /// the column stores.
    public func digest(column: Int) -> UInt64 {
        switch self {
        case .dense(let matrix): Self.digest(matrix.column(column), from: 0)
        case .compressed(let matrix):
            Self.digest(
                matrix.column(column).values, from: UInt64(matrix.column(column).rows.first ?? 0))
        }
    }

    private static func digest(_ values: ArraySlice<Double>, from start: UInt64) -> UInt64 {
        var digest = start ^ 0xcbf2_9ce4_8422_2325
        // Adding 0 makes one of the two zeros.
        for value in values { digest = (digest ^ (value + 0).bitPattern) &* 0x100_0000_01b3 }
        return digest ^ (digest >> 29)
    }

    /// Whether two columns store numbers that differ by no more than `tolerance`, as far as rows
    /// have a weight.
    public func columnsAgree(
        _ first: Int, _ second: Int, within tolerance: Double, weights: [Double]
    ) -> Bool {
        switch self {
        case .dense(let matrix):
            return zip(weights, zip(matrix.column(first), matrix.column(second))).allSatisfy {
                $0 == 0 || abs($1.0 - $1.1) <= tolerance
            }
        case .compressed(let matrix):
            let (a, b) = (matrix.column(first), matrix.column(second))
            let counted = a.rows.indices.lazy.filter { weights[Int(a.rows[$0])] > 0 }
            return counted.elementsEqual(
                b.rows.indices.lazy.filter { weights[Int(b.rows[$0])] > 0 }
            ) { a.rows[$0] == b.rows[$1] && abs(a.values[$0] - b.values[$1]) <= tolerance }
        }
    }
}
