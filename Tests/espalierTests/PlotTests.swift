import Foundation
import Testing

@testable import espalier

/// Plots say what they draw in few words.
@Suite struct PlotTests {
    @Test(arguments: [
        (5.0, "5"), (0.03, "0.03"), (0.0005, "0.0005"), (0.1 + 0.2, "0.3"), (-1.5, "-1.5"),
        (0, "0"), (100, "100"), (1e-9, "1e-9"), (2.5e12, "2.5e12"),
    ])
    func ticksHaveNoNeedlessZeros(_ value: Double, _ text: String) {
        #expect(Plot.Axis.text(of: value) == text)
    }

    @Test(arguments: [(0.0004, 0.7), (0.02, 0.09), (0.5, 0.52), (1e-6, 1e3)])
    func logarithmicTicksAreRound(_ low: Double, _ high: Double) throws {
        let axis = try #require(Plot.Axis([low, high], .logarithmic))
        #expect((2...12).contains(axis.ticks.count))
        #expect(axis.ticks.allSatisfy { Plot.Axis.text(of: $0).count <= 7 })
        #expect(axis.ticks.allSatisfy { (0...1).contains(axis.part($0)) })
    }

    @Test func countsHaveWholeTicks() throws {
        let axis = try #require(Plot.Axis([0, 2], .whole))
        #expect(axis.ticks == [0, 1, 2])
    }

    /// Names of ticks stand beside each other, not on each other.
    @Test func ticksDoNotOverlap() {
        var plot = Plot("p", x: ("x", .logarithmic), y: ("y", .linear))
        plot.series = [
            .init(
                name: "a", mark: .line,
                points: [(x: 0.00031, y: 0, error: 0), (x: 0.8, y: 1, error: 0)])
        ]
        let places = plot.svg.matches(
            of: #/<text x="([0-9.]+)" y="311[.0-9]*" class="across">([^<]+)</#
        )
        .map { (x: Double($0.1) ?? .nan, width: 6 * Double($0.2.count)) }
        #expect(places.count >= 4)
        for (left, right) in zip(places, places.dropFirst()) {
            #expect(right.x - right.width / 2 > left.x + left.width / 2)
        }
    }

    @Test func coloursAreNotTakenTwice() {
        var plot = Plot("p", x: ("x", .linear), y: ("y", .linear))
        for place in 0..<30 {
            let isNamed = place % 3 == 0
            plot.series.append(
                .init(
                    name: isNamed ? "n\(place)" : "", mark: .line,
                    points: [(x: 0, y: Double(place), error: 0), (x: 1, y: 0, error: 0)],
                    isPale: !isNamed))
        }
        let svg = plot.svg
        let strokes = svg.matches(of: #/polyline fill="none" stroke="(#[0-9a-f]+)"/#).map { $0.1 }
        let coloured = strokes.filter { Plot.colors.contains(String($0)) }
        #expect(strokes.count == 30 && coloured.count == 10 && Set(coloured).count == 10)
        #expect(svg.contains(">n27</text>"))
    }
}
