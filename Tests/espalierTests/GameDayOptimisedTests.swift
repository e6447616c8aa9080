import Drift
import Pipeline
import TestSupport
import Testing

@testable import espalier

/// Faults are found and named, and clean weeks are left alone: the demo's project, seeded.
///
/// Only in optimised code: every run is some 25,000 payments through all steps.
@Suite(.enabled(if: isOptimized, "optimised code only")) struct GameDayOptimisedTests {
    private static func day(_ shape: GameDay.Shape = .daily) throws -> GameDay {
        let project = try DemoProject.load(bootstrapServers: "localhost")
        var script = shape.script
        script.customers = 200 * shape.customersFactor
        script.terminals = 2 * script.customers
        return GameDay(
            try project.pipelineSettings(),
            watch: WatchSettings(
                windowMillis: 1, baselineMillis: 1,
                alerts: .standard(maturityMillis: 8 * 86_400_000),
                links: project.alertLinks), script: script, shape: shape)
    }

    @Test(arguments: GameDay.scenes, UInt64(1)..<4)
    func everyFaultIsFoundWithinTwoWindowsAndNamed(
        scene: GameDay.Scene, seed: UInt64
    ) throws {
        let day = try Self.day()
        var stage = try PipelineStage(day.settings)
        let outcome = try day.play(scene, seed: seed, on: &stage)
        let alert = try #require(outcome.alert, "\(scene.name), seed \(seed)")
        #expect(outcome.windows <= 2, "\(scene.name), seed \(seed): \(outcome.windows)")
        #expect(outcome.isNamed, "\(scene.name), seed \(seed): \(alert)")
    }

    /// Fewer than one page in 1,000 feature-windows of each shape, over 100 clean runs.
    @Test(arguments: zip(GameDay.Shape.all, [90, 2, 8]))
    func cleanRunsPageNobody(shape: GameDay.Shape, runs: Int) throws {
        let day = try Self.day(shape)
        var found = CleanRuns()
        for seed in 100..<UInt64(100 + runs) {
            var stage = try PipelineStage(day.settings)
            found.add(try day.play(nil, seed: seed, on: &stage), of: shape)
        }
        print(found.text(for: .output))
        #expect(found.fault == nil)
    }
}

/// A short run that also a debug build has the time for.
@Suite struct GameDayTests {
    @Test func aUnitIsFoundAndNamed() throws {
        let project = try DemoProject.load(bootstrapServers: "localhost")
        var script = GameDay.Script()
        (script.customers, script.terminals) = (160, 500)
        (script.warmUpDays, script.baselineDays) = (1, 5)
        (script.cleanDays, script.faultDays) = (1, 2)
        let day = GameDay(
            try project.pipelineSettings(),
            watch: WatchSettings(
                windowMillis: 1, baselineMillis: 1, alerts: .standard(), links: project.alertLinks),
            script: script)
        let scene = try #require(GameDay.scenes.first { $0.name == "unit" })
        var stage = try ServiceStage(project, day.settings)
        let outcome = try day.play(scene, seed: 3, on: &stage)
        #expect(outcome.alert?.rule == "broken-field")
        #expect(outcome.isNamed && outcome.windows <= 2)
        #expect(outcome.falsePages == 0)
    }

    @Test func scenesAreOfKnownSignals() throws {
        #expect(Set(GameDay.scenes.map(\.name)).count == GameDay.scenes.count)
        let known = Set(Signal.all.map(\.name)).union(["error-budget"])
        for scene in GameDay.scenes { #expect(scene.signals.isSubset(of: known)) }
    }
}
