import Features
import Foundation
import Kafka
import Project
import TestSupport
import Testing
import Training

/// What a service may be asked to bear.
enum Overload: CaseIterable {
    /// Every payment is of ten entities that were never seen: ten million keys.
    case distinctKeys
    /// All payments are of one customer at one terminal.
    case hotEntity
    /// Labels of events that nobody has seen, and events that wait for theirs.
    case labels
    /// Messages that are turned away, and kept whole for it.
    case deadLetters
    /// A backlog of long messages, packed at the broker: twice the whole budget, and 16 times what
    /// the queues may hold.
    case burst
    /// A broker that refuses outputs for a while, as one does whose disks are full of predictions
    /// that their consumer has not read, above a backlog of events.
    case refusedOutputs
    /// A broker that answers nobody for a while, again and again.
    case stalledBroker

    /// Besides customer and terminal.
    static let moreEntities = 8

    var project: ServiceProject {
        var project = ServiceProject()
        project.delivery = "{snapshots: FOLDER/snapshots, snapshotEvery: 1s}"
        if self == .distinctKeys { project.moreEntities = Self.moreEntities }
        return project
    }

    private static let refusals = 40
    private static let longBytes = 4_000

    func load(_ service: OverloadFixture) throws {
        switch self {
        case .burst:
            let count = 2 * service.budgetBytes / Self.longBytes
            try service.send(count, aheadMax: .max) {
                try $1.payment(
                    customer: $0 % 5_000, terminal: $0 % 900, padding: Self.longBytes)
            }
        case .refusedOutputs:
            try service.send(200_000, aheadMax: .max) {
                try $1.payment(customer: $0 % 5_000, terminal: $0 % 900)
            }
            try service.settle()
            service.broker.fail(
                .produce, with: Array(repeating: .requestTimedOut, count: Self.refusals))
        default: break
        }
        try service.start()
        switch self {
        case .burst, .refusedOutputs: break
        case .distinctKeys:
            try service.send(1_000_000) {
                try $1.payment(customer: $0, terminal: $0, moreEntities: Self.moreEntities)
            }
        case .hotEntity:
            try service.send(300_000) { try $1.payment(customer: $0 & 0, terminal: 0) }
        case .labels:
            try service.send(300_000) { number, writer in
                number % 3 == 0
                    ? try writer.payment(customer: number % 5_000, terminal: number % 900)
                    : try writer.label(-number)
            }
        case .deadLetters:
            try service.send(50_000) { try $1.rubbish(Self.longBytes + $0 & 0xFF) }
        case .stalledBroker:
            for _ in 0..<2 {
                try service.send(60_000) {
                    try $1.payment(customer: $0 % 5_000, terminal: $0 % 900)
                }
                try service.broker.setRoundTrip(.seconds(1))
                Thread.sleep(forTimeInterval: 2)
                try service.broker.setRoundTrip(.zero)
            }
        }
    }
}

/// The service under an overload keeps within the smallest memory budget that its project accepts,
/// as the kernel counts what is resident, and loses nothing.
///
/// Only in optimised code: millions of records.
@Suite(.serialized, .enabled(if: isOptimized, "optimised code only"))
struct OverloadOptimisedTests {
    @Test(arguments: Overload.allCases)
    func memoryStaysWithinTheBudget(overload: Overload) async throws {
        try await onOwnThread {
            let service = try OverloadFixture(overload.project)
            try overload.load(service)
            try service.awaitDeliveries()
            let peak = try service.peakBytes
            #expect(
                peak <= service.budgetBytes,
                "\(overload): \(peak >> 20) of \(service.budgetBytes >> 20) MiB")
            if overload == .distinctKeys {
                let tables = 2 + Overload.moreEntities
                let held = Int64(tables * service.limits.features.entitiesMax)
                #expect(try service.status("entities") == held && held < 1_000_000)
            }
            if overload == .labels {
                let pending = try service.status("pending")
                #expect(pending > 1_000 && pending <= service.limits.pending.pendingMax)
            }
            #expect(try service.end() == 0)
        }
    }
}
