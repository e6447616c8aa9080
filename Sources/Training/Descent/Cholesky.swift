/// `A = L Lᵀ` of a symmetric positive definite matrix.
struct Cholesky {
    private let count: Int
    private let factor: [Double]

    /// A pivot below this part of its diagonal entry counts as 0.
    private static let pivotMin = 1e-13

    /// - Parameter matrix: rows of the lower triangle; n³/6 steps.
    /// - Returns: nil when the matrix is singular to working precision.
    init?(_ matrix: inout [Double], count n: Int) {
        guard Self.factorize(&matrix, n, dependent: nil) else { return nil }
        count = n
        factor = matrix
    }

    /// Of a matrix that may be singular: rows that depend on those before them are left out, and
    /// their part of every solution is 0.
    init(leavingOutDependent matrix: inout [Double], count n: Int) {
        // What is divided by an infinite pivot vanishes.
        _ = Self.factorize(&matrix, n, dependent: .infinity)
        count = n
        factor = matrix
    }

    func isLeftOut(_ row: Int) -> Bool { factor[row * count + row] == .infinity }

    /// - Parameter dependent: pivot of a row that depends on those before it; nil ends the work.
    /// - Returns: whether all rows have a pivot.
    private static func factorize(
        _ matrix: inout [Double], _ n: Int, dependent: Double?
    ) -> Bool {
        precondition(matrix.count == n * n)
        for i in 0..<n {
            let diagonal = matrix[i * n + i]
            for k in 0...i {
                let (a, b) = (i * n, k * n)
                let sum = matrix[a + k] - Self.dot(matrix.span, a, b, k)
                if i == k {
                    let isFree = sum > Self.pivotMin * diagonal && sum.isFinite
                    guard let pivot = isFree ? sum.squareRoot() : dependent else { return false }
                    matrix[a + k] = pivot
                } else {
                    matrix[a + k] = sum / matrix[k * n + k]
                }
            }
        }
        return true
    }

    private static func dot(_ entries: Span<Double>, _ first: Int, _ second: Int, _ n: Int)
        -> Double
    {
        let a = entries.extracting(first..<first + n)
        let b = entries.extracting(second..<second + n)
        var (even, odd) = (0.0, 0.0)
        var k = 0
        while k + 2 <= a.count {
            even += a[k] * b[k]
            odd += a[k + 1] * b[k + 1]
            k += 2
        }
        if k < a.count { even += a[k] * b[k] }
        return even + odd
    }

    /// x of `A x = b`.
    func solve(_ target: [Double]) -> [Double] {
        var x = target
        for i in 0..<count {
            for k in 0..<i { x[i] -= factor[i * count + k] * x[k] }
            x[i] /= factor[i * count + i]
        }
        for i in (0..<count).reversed() {
            x[i] /= factor[i * count + i]
            for k in 0..<i { x[k] -= factor[i * count + k] * x[i] }
        }
        return x
    }
}
