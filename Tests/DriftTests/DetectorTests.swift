import Bytes
import TestSupport
import Testing

@testable import Drift

private let river = PythonProgram(importing: "river")

private let program = """
    import sys
    from river import drift
    for line in sys.stdin:
        x = [float(w) for w in line.split()]
        a, p = drift.ADWIN(), drift.PageHinkley(threshold=10)
        alarms, rises, widths = [], [], []
        for i, v in enumerate(x):
            a.update(v); p.update(v)
            if a.drift_detected: alarms.append(i); widths.append(int(a.width))
            if p.drift_detected: rises.append(i)
        print(alarms, widths, rises, a.estimation, sep=";")
    """

/// A stream whose mean moves three times.
private func stream(_ seed: UInt64) -> [Double] {
    var samples = Samples(seed)
    let means = [0.2, 0.2 + 0.1 * Double(seed % 7), 0.5, 0.1]
    return (0..<4_000).map { place in
        let mean = means[place / 1_000]
        return seed % 2 == 0 ? (samples.uniform() < mean ? 1 : 0) : mean + 0.3 * samples.normal()
    }
}

struct DetectorTests {
    /// A steady stream of any unit is left alone; a moved mean is told once, with its direction;
    /// stored and read back it goes on as if nothing had been.
    @Test(arguments: UInt64(0)..<8) func changesAreToldInAnyUnit(seed: UInt64) throws {
        var samples = Samples(seed)
        let unit = [1e-6, 1, 1e6][Int(seed % 3)]
        var detector = ChangeDetector()
        for _ in 0..<20_000 { #expect(detector.update(unit * (3 + samples.normal())) == nil) }
        let shift = seed % 2 == 0 ? 1.5 : -1.5
        var stored = ByteWriter()
        detector.append(to: &stored)
        let bytes = stored.copy()
        var twin = ChangeDetector()
        var reader = ByteReader(unsafe bytes.span.bytes)
        try twin.restore(from: &reader)
        try reader.end()
        var told: [PageHinkley.Change] = []
        for place in 0..<400 {
            let value = unit * (3 + shift + samples.normal())
            let (change, other) = (detector.update(value), twin.update(value))
            #expect(change == other)
            if let change { told.append(change) }
            if place == 150 { #expect(told.count == 1) }
        }
        #expect(told == [shift > 0 ? .rise : .fall])
    }

    @Test(.enabled(if: river != nil, "needs river")) func agreesWithRiver() throws {
        let seeds = UInt64(0)..<20
        let input = seeds.map { seed in
            stream(seed).map { "\($0)" }.joined(separator: " ") + "\n"
        }.joined()
        let output = try #require(river?.output(of: program, input: input))
        let lines = output.split(separator: "\n")
        try #require(lines.count == seeds.count, "\(output.prefix(500))")
        for (seed, line) in zip(seeds, lines) {
            var window = AdaptiveWindow()
            var parameters = PageHinkley.Parameters()
            parameters.threshold = 10
            var detector = PageHinkley(parameters)
            var (alarms, widths, changes): ([Int], [Int], [Int]) = ([], [], [])
            for (place, value) in stream(seed).enumerated() {
                if window.update(value) {
                    alarms.append(place)
                    widths.append(Int(window.count))
                    // River begins anew after a change; the paper keeps the newer part.
                    window = AdaptiveWindow()
                }
                if detector.update(value) != nil { changes.append(place) }
            }
            let parts = line.split(separator: ";", omittingEmptySubsequences: false)
            #expect("\(alarms)" == parts[0], "seed \(seed)")
            #expect("\(widths)" == parts[1], "seed \(seed)")
            #expect("\(changes)" == parts[2], "seed \(seed)")
            let mean = try #require(Double(parts[3]))
            if window.count > 0 { #expect(abs(window.mean - mean) < 1e-9, "seed \(seed)") }
        }
    }

    /// At most the promised share of looks is a false alarm, and a change is found.
    @Test func aSteadyStreamIsLeftAlone() {
        var alarms = 0
        for seed in UInt64(0)..<20 {
            var samples = Samples(seed)
            var window = AdaptiveWindow()
            for _ in 0..<3_200 where window.update(samples.normal()) { alarms += 1 }
        }
        #expect(alarms <= 4, "\(alarms) false alarms in 2,000 looks")
    }

    @Test func whatIsNotFiniteIsIgnored() {
        var window = AdaptiveWindow()
        var detector = PageHinkley()
        for value in [Double.nan, .infinity, 1] {
            #expect(window.update(value) == false)
            #expect(detector.update(value) == nil)
        }
        #expect(window.count == 1 && window.mean == 1)
    }
}
