internal import Glibc

/// Tail probabilities of the distributions that the tests of drift refer to.
enum Tail {
    /// P(|Z| > |z|), Z standard normal.
    static func normalTwoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

    /// P(X > x), X chi-squared with `degrees` degrees of freedom: Q(degrees/2, x/2), to 1e-12.
    static func chiSquared(_ x: Double, degrees: Double) -> Double {
        guard degrees > 0, x > 0 else { return 1 }
        return upperGamma(degrees / 2, x / 2)
    }

    /// P(√n D > x) for large n, D the two-sided Kolmogorov–Smirnov statistic (Kolmogorov 1933):
    /// 2 Σ (-1)^(k-1) e^(-2 k² x²), or its Jacobi transform where that converges slowly.
    static func kolmogorov(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        if x < 1.18 {
            let exponent = -Double.pi * Double.pi / (8 * x * x)
            var sum = 0.0
            for k in stride(from: 1.0, through: 9, by: 2) { sum += exp(k * k * exponent) }
            return max(0, 1 - (2 * Double.pi).squareRoot() / x * sum)
        }
        var sum = 0.0
        for k in 1...8 {
            let term = exp(-2 * Double(k * k) * x * x)
            sum += k % 2 == 1 ? term : -term
        }
        return min(1, max(0, 2 * sum))
    }

    private static let termsMax = 10_000

    /// The regularised upper incomplete gamma function Q(a, x): its series below a + 1, Lentz's
    /// continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31).
    private static func upperGamma(_ a: Double, _ x: Double) -> Double {
        guard x.isFinite else { return 0 }
        let front = exp(-x + a * log(x) - logGamma(a))
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var n = a
            for _ in 0..<termsMax {
                n += 1
                term *= x / n
                sum += term
                if term <= sum * 1e-16 { break }
            }
            return min(1, max(0, 1 - sum * front))
        }
        return min(1, max(0, front * fraction(a, x)))
    }

    private static func fraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var h = d
        for i in 1...termsMax {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            if abs(d) < tiny { d = tiny }
            c = b + an / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let change = d * c
            h *= change
            if abs(change - 1) < 1e-15 { break }
        }
        return h
    }

    /// ln Γ(a), reentrant: the sign, which `lgamma` keeps in a global, is always plus here.
    private static func logGamma(_ a: Double) -> Double {
        var sign: Int32 = 0
        return unsafe lgamma_r(a, &sign)
    }
}
