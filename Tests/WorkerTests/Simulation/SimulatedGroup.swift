import Pipeline
import PipelineFixture
import TestSupport

@testable import Worker

/// Two workers that share the tasks of a project, as a group of Kafka lets them: whoever lives
/// gives everything back before anything is assigned anew; whoever does not answer is taken for
/// dead, and works on until it hears of it.
struct SimulatedGroup {
    private(set) var world: SimulatedWorld
    private let settings: PipelineSettings
    private let isTransactional: Bool
    private var workers: [SimulatedWorker] = []
    private var nextOwner: UInt64
    /// The worker that has lost its tasks and does not know it.
    private var zombie: Int?
    private(set) var upsets = 0

    private static let members = 2
    private static let upsetsMax = 14

    init(
        _ world: consuming SimulatedWorld, _ settings: PipelineSettings, isTransactional: Bool,
        seed: UInt64, using random: inout SeededGenerator
    ) throws {
        self.world = world
        self.settings = settings
        self.isTransactional = isTransactional
        nextOwner = seed << 32 + 1
        for number in 0..<Self.members { workers.append(makeWorker(number)) }
        try assign(using: &random)
    }

    private mutating func makeWorker(_ number: Int) -> SimulatedWorker {
        defer { nextOwner += 1_000 }
        return SimulatedWorker(
            number, settings, isTransactional: isTransactional, owner: nextOwner)
    }

    var isDone: Bool {
        world.isComplete && zombie == nil && workers.allSatisfy(\.isDone)
            && workers.flatMap(\.taskNumbers).sorted() == world.tasks
    }

    /// The state of every task.
    func states() -> [Int: [UInt8]] {
        workers.reduce(into: [:]) { all, worker in all.merge(worker.states()) { _, new in new } }
    }

    /// What happens next.
    mutating func act(using random: inout SeededGenerator) throws {
        if upsets < Self.upsetsMax, Int.random(in: 0..<60, using: &random) == 0 {
            upsets += 1
            try upset(using: &random)
        } else if let zombie, Int.random(in: 0..<120, using: &random) == 0 {
            workers[zombie].lose()
            self.zombie = nil
            try rebalance(using: &random)
        } else {
            try act(workers[Int.random(in: 0..<Self.members, using: &random)], using: &random)
        }
    }

    private mutating func act(
        _ worker: SimulatedWorker, using random: inout SeededGenerator
    ) throws {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: world.arrive(using: &random)
        case 1..<6: try worker.step(&world, using: &random)
        case 6..<8: worker.deliver(&world)
        case 8: worker.commit(&world)
        case 9..<11: worker.snapshot(&world, using: &random)
        default:
            if let channel = SentWrites.Channel.allCases.randomElement(using: &random) {
                worker.acknowledge(channel, &world)
            }
        }
        // It learnt by a refusal that it holds nothing any more.
        if worker.number == zombie, worker.taskNumbers.isEmpty {
            zombie = nil
            try rebalance(using: &random)
        }
    }

    /// A crash, a rebalance, or a worker that the group gives up.
    private mutating func upset(using random: inout SeededGenerator) throws {
        let number = Int.random(in: 0..<Self.members, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try rebalance(using: &random)
        case 1 where zombie == nil:
            zombie = number
            try rebalance(using: &random)
        default:
            workers[number].die(&world, using: &random)
            damage(using: &random)
            workers[number] = makeWorker(number)
            if zombie == number { zombie = nil }
            try rebalance(using: &random)
        }
    }

    /// Those who answer give everything back, and get what the group says.
    private mutating func rebalance(using random: inout SeededGenerator) throws {
        for worker in workers where worker.number != zombie { worker.giveBack(&world) }
        try assign(using: &random)
    }

    private mutating func assign(using random: inout SeededGenerator) throws {
        let members = (0..<Self.members).filter { $0 != zombie }
        var shares: [Int: [Int]] = [:]
        for task in world.tasks {
            guard let member = members.randomElement(using: &random) else { continue }
            world.holders[task] = member
            shares[member, default: []].append(task)
        }
        for (member, tasks) in shares.sorted(by: { $0.key < $1.key }) {
            try workers[member].take(tasks, &world)
        }
    }

    /// Now and then a snapshot does not survive.
    private mutating func damage(using random: inout SeededGenerator) {
        let task = world.tasks.randomElement(using: &random) ?? 0
        guard Int.random(in: 0..<4, using: &random) == 0,
            let name = SimulatedSnapshot.names(of: task, in: world).randomElement(using: &random),
            var bytes = world.files[name]
        else { return }
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1
        world.files[name] = bytes
        world.damaged.insert(task)
    }
}
