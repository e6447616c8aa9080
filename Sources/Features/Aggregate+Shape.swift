extension Aggregate {
    /// Windows and delays are at most this long: about 100 years.
    static let spanMillisMax: Int64 = 100 * 366 * 86_400_000
    static let lagMax = 1_000

    /// Checks that operand, window and delay go with the function.
    func checkShape(of feature: String) throws(FeatureError) {
        try checkOperand(of: feature)
        for (span, least, what) in [
            (windowMillis ?? 1, 1, "window"), (delayMillis, Int64(0), "delay"),
        ] {
            guard (least...Self.spanMillisMax).contains(span) else {
                throw .window(
                    feature: feature, found: "a \(what) of \(span) ms",
                    expected: "\(least)…\(Self.spanMillisMax) ms")
            }
        }
        switch function {
        case .first where windowMillis == nil, .distinct where windowMillis == nil:
            throw .window(feature: feature, found: "no window", expected: "`window: 1d`, say")
        case .decayedCount(let half), .decayedSum(let half), .decayedMean(let half):
            guard windowMillis == nil else {
                throw .window(
                    feature: feature, found: "a window", expected: "a half-life alone")
            }
            guard (1...Self.spanMillisMax).contains(half) else {
                throw .window(
                    feature: feature, found: "a half-life of \(half) ms",
                    expected: "1…\(Self.spanMillisMax) ms")
            }
        case .lag(let back):
            guard (0...Self.lagMax).contains(back) else {
                throw .window(
                    feature: feature, found: "lag \(back)", expected: "0…\(Self.lagMax)")
            }
        default: break
        }
        if windowMillis == nil, delayMillis > 0 || operand == .label, !isDecayed {
            throw .window(
                feature: feature, found: "no window",
                expected: "a window, which a delay and labels need")
        }
        guard delayMillis == 0 || includesCurrent else {
            throw .window(
                feature: feature, found: "`current: false` with a delay",
                expected: "one of the two: a delayed window never holds the current event")
        }
    }

    private var isDecayed: Bool {
        switch function {
        case .decayedCount, .decayedSum, .decayedMean: true
        default: false
        }
    }

    private func checkOperand(of feature: String) throws(FeatureError) {
        switch function {
        case .count, .decayedCount: break
        case .timeSinceLast:
            guard operand == .event else {
                throw .operand(
                    feature: feature, found: "`of`", expected: "none: it is about the event itself")
            }
        default:
            guard operand != .event else {
                throw .operand(
                    feature: feature, found: "no `of`", expected: "an expression to summarise")
            }
        }
    }
}
