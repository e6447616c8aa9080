extension SortedRun {
    /// Sorts 64 numbers into eight ascending runs of eight.
    ///
    /// Eight rows of eight are put in order, all columns at once, by Batcher's network of 19
    /// comparisons (Batcher 1968, odd–even mergesort), and each column written out as a run.
    static func sortColumns(_ values: inout MutableSpan<Double>, from start: Int) {
        var a = row(values, start)
        var b = row(values, start + 8)
        var c = row(values, start + 16)
        var d = row(values, start + 24)
        var e = row(values, start + 32)
        var f = row(values, start + 40)
        var g = row(values, start + 48)
        var h = row(values, start + 56)
        order(&a, &b); order(&c, &d); order(&e, &f); order(&g, &h)
        order(&a, &c); order(&b, &d); order(&e, &g); order(&f, &h)
        order(&b, &c); order(&f, &g); order(&a, &e); order(&d, &h)
        order(&b, &f); order(&c, &g)
        order(&b, &e); order(&d, &g)
        order(&c, &e); order(&d, &f)
        order(&d, &e)
        for column in 0..<8 {
            let first = start + 8 * column
            values[first] = a[column]
            values[first + 1] = b[column]
            values[first + 2] = c[column]
            values[first + 3] = d[column]
            values[first + 4] = e[column]
            values[first + 5] = f[column]
            values[first + 6] = g[column]
            values[first + 7] = h[column]
        }
    }

    @inline(__always)
    private static func row(
        _ values: borrowing MutableSpan<Double>, _ start: Int
    ) -> SIMD8<Double> {
        SIMD8(
            values[start], values[start + 1], values[start + 2], values[start + 3],
            values[start + 4], values[start + 5], values[start + 6], values[start + 7])
    }

    @inline(__always)
    private static func order(_ low: inout SIMD8<Double>, _ high: inout SIMD8<Double>) {
        let isDescending = high .< low
        let least = low.replacing(with: high, where: isDescending)
        high = high.replacing(with: low, where: isDescending)
        low = least
    }
}
