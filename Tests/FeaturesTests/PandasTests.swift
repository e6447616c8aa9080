import TestSupport
import Testing

@testable import Features

private let python = PythonProgram(importing: "pandas", "numpy")

/// Windows against pandas' rolling and exponentially weighted ones (PyPI `pandas`).
@Suite(.enabled(if: python != nil, "needs a Python with pandas")) struct PandasTests {
    private static let second: Int64 = 1_000
    private static let halfLife = 45 * second

    private static let functions: [(Aggregate.Function, String)] = [
        (.count, "count"), (.sum, "sum"), (.mean, "mean"), (.min, "min"), (.max, "max"),
        (.variance, "var"), (.stddev, "std"),
    ]

    private static let aggregates: [Aggregate] =
        [10 * second, 60 * second, 600 * second].flatMap { window in
            functions.map { function, _ in
                Aggregate(
                    entity: "key", function: function, operand: .expression("value"),
                    windowMillis: window)
            }
        } + [
            Aggregate(
                entity: "key", function: .decayedMean(halfLifeMillis: halfLife),
                operand: .expression("value"))
        ]

    /// One line for each event, in order: the columns of `aggregates`.
    private static let program = """
        import sys, io
        import numpy as np
        import pandas as pd
        data = pd.read_csv(io.StringIO(sys.stdin.read()), names=["key", "time", "value"],
                           float_precision="round_trip")
        data["at"] = pd.to_datetime(data["time"], unit="ms")
        out = pd.DataFrame(index=data.index)
        for key, group in data.groupby("key"):
            for window in ["10s", "60s", "600s"]:
                rolling = group.rolling(window, on="at", closed="right", min_periods=0)["value"]
                for name in ["count", "sum", "mean", "min", "max", "var", "std"]:
                    out.loc[group.index, name + window] = getattr(rolling, name)()
            ewm = group["value"].ewm(halflife="45s", times=group["at"])
            out.loc[group.index, "ewm"] = ewm.mean()
        for row in out.itertuples(index=False):
            print(",".join(repr(float(x)) for x in row))
        """

    @Test(arguments: UInt64(0)..<3) func windowsAgree(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var stream = try FeatureStream(Self.aggregates)
        var input = ""
        var found: [[Double]] = []
        // pandas divides times by the half-life before it subtracts: small ones keep its digits.
        var time: Int64 = 0
        for _ in 0..<1_500 {
            // Ties now and then, and gaps longer than the shorter windows.
            time +=
                UInt64.random(in: 0..<4, using: &random) == 0
                ? 0 : Int64.random(in: 1...8_000, using: &random)
            let key = UInt64.random(in: 0..<6, using: &random)
            let isMissing = UInt64.random(in: 0..<12, using: &random) == 0
            let value = isMissing ? .nan : Double.random(in: -50...200, using: &random)
            input += "\(key),\(time),\(isMissing ? "" : "\(value)")\n"
            found.append(stream.features(.init(key: key, time: time, value: value)))
        }
        let output = try #require(python?.output(of: Self.program, input: input))
        let lines = output.split(separator: "\n")
        try #require(lines.count == found.count, "\(output.prefix(2_000))")
        for (line, values) in zip(lines, found) {
            let expected = line.split(separator: ",").map { Double($0) ?? .nan }
            for (index, aggregate) in Self.aggregates.enumerated()
            where !agree(values[index], expected[index], aggregate.function) {
                Issue.record("seed \(seed): \(aggregate): \(values[index]), \(expected[index])")
            }
        }
    }

    /// Counts and extremes exactly; the rest to the rounding of running sums.
    private func agree(
        _ found: Double, _ expected: Double, _ function: Aggregate.Function
    ) -> Bool {
        if found.isNaN || expected.isNaN { return found.isNaN && expected.isNaN }
        switch function {
        case .count, .min, .max: return found == expected
        default: return abs(found - expected) <= 1e-9 * max(1, abs(expected))
        }
    }
}
