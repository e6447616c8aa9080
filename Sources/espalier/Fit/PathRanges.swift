internal import ArgumentParser
internal import Training

/// Which numbers a path can be asked for.
enum PathRanges {
    /// - Throws: what an option has, and what it should have.
    static func check(alpha: [Double], lambdas: Int?, lambdaRatio: Double) throws {
        if let alpha = alpha.first(where: { !(0...1).contains($0) }) {
            throw ValidationError("--alpha: found \(Numerals.plain(alpha)); expected 0…1")
        }
        if let lambdas, !(1...PathSettings.lambdasMax).contains(lambdas) {
            throw ValidationError(
                "--lambdas: found \(lambdas); expected 1…\(PathSettings.lambdasMax)")
        }
        guard lambdaRatio > 0, lambdaRatio < 1 else {
            throw ValidationError(
                "--lambda-ratio: found \(Numerals.plain(lambdaRatio)); expected between 0 and 1")
        }
    }
}
