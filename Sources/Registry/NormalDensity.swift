internal import Glibc

/// The standard normal density, up to its constant.
enum NormalDensity {
    static func at(_ z: Double) -> Double { exp(-z * z / 2) }
}
