/// Which columns say the same: pairs that correlate, and those that correlate once all others are
/// held fixed, as the terms of a sum and the sum itself do. A partial correlation above .95 means a
/// variance inflation factor above 10 of both.
struct CollinearColumns {
    private let columns: [Int]
    /// By place: one of the same group, which leads to the first of it.
    private var leaders: [Int]

    /// Added to a correlation matrix of which some columns are sums of others exactly.
    private static let ridge = 1e-10

    init(_ columns: [Int], of design: Design) {
        self.columns = columns
        leaders = Array(columns.indices)
        guard !columns.isEmpty else { return }
        let n = columns.count
        let products = design.products(columns, weights: design.weights).matrix
        let deviations = (0..<n).map { products[$0 * n + $0].squareRoot() }
        func correlation(_ i: Int, _ k: Int) -> Double {
            products[max(i, k) * n + min(i, k)] / (deviations[i] * deviations[k])
        }
        for i in 0..<n {
            for k in 0..<i where abs(correlation(i, k)) > FeatureReview.correlationMax {
                join(i, k)
            }
        }
        // One of each group: twins would share what they have in common with others.
        let firsts = (0..<n).filter { leader($0) == $0 }
        guard design.rowCount >= firsts.count + FeatureReview.surplusMin else { return }
        joinPartially(firsts, correlation)
    }

    /// Partial correlations are the entries of the inverse, brought to a diagonal of 1.
    private mutating func joinPartially(_ places: [Int], _ correlation: (Int, Int) -> Double) {
        let n = places.count
        var matrix = [Double](repeating: 0, count: n * n)
        for a in 0..<n {
            for b in 0..<a { matrix[a * n + b] = correlation(places[a], places[b]) }
            matrix[a * n + a] = 1 + Self.ridge
        }
        guard let factor = Cholesky(&matrix, count: n) else { return }
        let inverse = (0..<n).map { place in
            var unit = [Double](repeating: 0, count: n)
            unit[place] = 1
            return factor.solve(unit)
        }
        for a in 0..<n {
            for b in 0..<a {
                let norm = (inverse[a][a] * inverse[b][b]).squareRoot()
                guard abs(inverse[a][b]) > FeatureReview.correlationMax * norm else { continue }
                join(places[a], places[b])
            }
        }
    }

    private func leader(_ place: Int) -> Int {
        var place = place
        while leaders[place] != place { place = leaders[place] }
        return place
    }

    private mutating func join(_ i: Int, _ k: Int) {
        let (a, b) = (leader(i), leader(k))
        leaders[max(a, b)] = min(a, b)
    }

    /// Columns of two and more, ascending; largest groups first.
    var groups: [[Int]] {
        Dictionary(grouping: columns.indices, by: leader).values.filter { $0.count > 1 }
            .map { $0.map { columns[$0] } }
            .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }
}
