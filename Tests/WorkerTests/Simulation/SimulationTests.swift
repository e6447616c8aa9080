import Pipeline
import PipelineFixture
import TestSupport
import Testing

@testable import Worker

/// Seeds drive a worker, its broker and its disk: records arrive in any interleaving, writes are
/// delayed and lost, snapshots are torn, damaged and find no room, the worker dies between any two
/// of its actions, and one that has lost its task writes on. Whatever happens, what comes out is
/// what one pipeline gives over the journalled records.
@Suite struct SimulationTests {
    /// Few in a debug build, as the pipeline is slow there; `SimulationOptimised` runs thousands.
    @Test(arguments: UInt64(0)..<24) func nothingIsLostAndAllIsRight(seed: UInt64) throws {
        try Self.run(seed)
    }

    static func run(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let isTransactional = seed % 2 == 1
        let settings = try PaymentProject().settings()
        let records = MergeTests.payments(
            Int.random(in: 20...160, using: &random), partitions: 3, seed: seed)
        var world = SimulatedWorld(records)
        var owner = seed << 32 + 1
        var worker = try SimulatedWorker(
            &world, settings, isTransactional: isTransactional, owner: owner)
        var crashes = 0
        var actions = 0
        while !world.isComplete || !worker.isDone(world) {
            actions += 1
            try #require(actions < 200_000, "seed \(seed) does not come to an end")
            guard crashes < 12, Int.random(in: 0..<60, using: &random) == 0 else {
                try act(&worker, &world, using: &random)
                continue
            }
            crashes += 1
            worker.die(&world, using: &random)
            let lost = isTransactional ? nil : worker.journalOfAZombie()
            world.crash(using: &random)
            damage(&world, using: &random)
            owner += 1_000
            do {
                worker = try SimulatedWorker(
                    &world, settings, isTransactional: isTransactional, owner: owner)
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
            if let lost { world.apply(lost) }
        }
        let verdict = try SimulationAuditor(world: world, settings: settings)
            .judge(finalState: worker.state())
        var expected = SimulationAuditor.Verdict(isStateRight: true)
        if !isTransactional { expected.repeated = verdict.repeated }
        #expect(verdict == expected, "seed \(seed), \(crashes) crashes")
    }

    private static func act(
        _ worker: inout SimulatedWorker, _ world: inout SimulatedWorld,
        using random: inout SeededGenerator
    ) throws {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: world.arrive(using: &random)
        case 1..<6: try worker.step(&world, using: &random)
        case 6..<8: worker.deliver(&world)
        case 8: worker.commit(&world)
        case 9..<11: worker.snapshot(&world, using: &random)
        default:
            if let channel = SimulatedWorld.Channel.allCases.randomElement(using: &random) {
                worker.acknowledge(channel, &world)
            }
        }
    }

    /// Now and then the newest snapshot does not survive.
    private static func damage(
        _ world: inout SimulatedWorld, using random: inout SeededGenerator
    ) {
        let names = world.files.keys.filter { $0.hasSuffix(".snapshot") }.sorted()
        guard Int.random(in: 0..<4, using: &random) == 0, let name = names.last,
            var bytes = world.files[name]
        else { return }
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1
        world.files[name] = bytes
    }
}

/// The same over thousands of seeds, in an optimised build.
@Suite(.enabled(if: isOptimized)) struct SimulationOptimised {
    @Test(arguments: UInt64(0)..<20) func thousandsOfSeeds(part: UInt64) throws {
        for seed in part * 200 + 1_000..<(part + 1) * 200 + 1_000 { try SimulationTests.run(seed) }
    }
}
