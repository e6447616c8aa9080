/// A sum whose error does not grow with the number of its terms (Neumaier 1974, an improvement of
/// Kahan's): what rounding takes from a term is summed apart. Four times the cost of a plain sum.
struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    @inline(__always)
    mutating func add(_ term: Double) {
        let next = sum + term
        lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
        sum = next
    }

    var total: Double { sum + lost }
}
