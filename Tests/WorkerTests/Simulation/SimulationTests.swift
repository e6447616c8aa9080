import Pipeline
import PipelineFixture
import TestSupport
import Testing

@testable import Worker

/// Seeds drive two workers, their broker, group and disk: records arrive in any interleaving,
/// writes are delayed and lost, snapshots are torn, damaged and find no room, a worker dies between
/// any two of its actions, tasks move from one to the other and back, and one that has lost its
/// tasks works on. Whatever happens, what comes out is what one pipeline gives over the journalled
/// records.
@Suite struct SimulationTests {
    /// Few in a debug build, as the pipeline is slow there; `SimulationOptimised` runs thousands.
    @Test(arguments: UInt64(0)..<100) func nothingIsLostAndAllIsRight(seed: UInt64) throws {
        try Self.run(seed)
    }

    /// Even seeds deliver at least once, odd ones exactly once; every other two spread their tasks.
    static func run(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let isTransactional = seed % 2 == 1
        var project = PaymentProject()
        project.isSpreadByKey = seed / 2 % 2 == 1
        let settings = try project.settings()
        let records = MergeTests.payments(
            Int.random(in: 20...160, using: &random), partitions: 3, seed: seed)
        var group = try SimulatedGroup(
            SimulatedWorld(records, isSpread: project.isSpreadByKey), settings,
            isTransactional: isTransactional, seed: seed, using: &random)
        var actions = 0
        while !group.isDone {
            actions += 1
            try #require(actions < 200_000, "seed \(seed) does not come to an end")
            do { try group.act(using: &random) } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
        let verdict = try SimulationAuditor(world: group.world, settings: settings)
            .judge(finalStates: group.states())
        var expected = SimulationAuditor.Verdict()
        if !isTransactional { expected.repeated = verdict.repeated }
        #expect(verdict == expected, "seed \(seed), \(group.upsets) upsets")
    }
}

/// The same over thousands of seeds, in an optimised build.
@Suite(.enabled(if: isOptimized)) struct SimulationOptimised {
    @Test(arguments: UInt64(0)..<20) func thousandsOfSeeds(part: UInt64) throws {
        for seed in part * 150 + 1_000..<(part + 1) * 150 + 1_000 { try SimulationTests.run(seed) }
    }
}
