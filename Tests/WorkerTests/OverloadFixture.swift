import Bytes
import Foundation
import JSON
import Kafka
import Project
import Testing

@testable import espalier

/// The service in a process of its own, under the smallest memory budget that its project accepts;
/// the broker is in this process, where it can be made to fail.
final class OverloadFixture {
    static let partitions = 4
    /// Until a wait counts as one for ever.
    private static let patience = Duration.seconds(300)

    let broker: EmbeddedBroker
    /// What the project grants, bytes.
    let budgetBytes: Int
    /// The limits that follow from it.
    let limits: ProjectLimits
    private let fixture: ServiceFixture
    private var writer: LoadWriter
    private let statusFile: URL
    private var service: Process?

    init(_ project: ServiceProject) throws {
        broker = try EmbeddedBroker()
        for topic in project.topics(partitions: Self.partitions) {
            let parts = topic.split(separator: ":")
            let partitions = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
            try broker.createTopic(String(parts[0]), partitions: partitions)
        }
        let budget = try Self.leastBudget(of: project)
        budgetBytes = budget.bytes
        limits = try budget.bounded().limits
        var bounded = project
        bounded.limits = Self.limits(budget.bytes)
        fixture = try ServiceFixture(bounded, at: broker.bootstrapServers)
        statusFile = fixture.projectFile.appendingPathExtension("status")
        try Data().write(to: statusFile)
        writer = try LoadWriter(
            broker.bootstrapServers, events: project.events, labels: project.labels)
    }

    private static func limits(_ bytes: Int) -> String { "{memory: \(bytes >> 20)MiB}" }

    private static func leastBudget(of project: ServiceProject) throws -> MemoryBudget {
        func budget(_ bytes: Int) throws -> MemoryBudget {
            var project = project
            project.limits = limits(bytes)
            let file = try ProjectFile(Array(project.text("localhost", folder: "").utf8))
            guard let budget = MemoryBudget(file, try file.plan(), partitions: partitions) else {
                throw Unbounded()
            }
            return budget
        }
        let mebibyte = 1 << 20
        return try budget(budget(1 << 30).leastBytes + mebibyte - 1)
    }

    private struct Unbounded: Error {}

    func start() throws {
        let output = try FileHandle(forWritingTo: statusFile)
        service = try fixture.start(["--every", "100ms"], output: output)
    }

    /// A number of the newest line that the service has written about itself; 0 before the first.
    func status(_ name: String) throws -> Int64 {
        let lines = String(decoding: try Data(contentsOf: statusFile), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard let line = lines.dropLast().last else { return 0 }
        return try JSONValue(parsing: String(line))[name]?.integer ?? 0
    }

    /// The most memory that the service has had resident so far: what the kernel counts as
    /// `VmHWM`, bytes.
    var peakBytes: Int {
        get throws {
            let service = try #require(service)
            let path = "/proc/\(service.processIdentifier)/status"
            let line = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                .first { $0.hasPrefix("VmHWM:") }
            let kibibytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
            return try #require(kibibytes) << 10
        }
    }

    // MARK: Load

    /// Sends records, never more than the broker keeps: what the service has not used yet must not
    /// vanish.
    ///
    /// - Parameter aheadMax: records that the service may be behind.
    func send(
        _ count: Int, aheadMax: Int = 60_000, _ append: (Int, inout LoadWriter) throws -> Void
    ) throws {
        for number in 0..<count {
            if number.isMultiple(of: 1_000) {
                try eventually(
                    "the service keeps up, \(fixture.errors)", within: Self.patience
                ) {
                    try writer.sent - Int(status("records")) <= aheadMax
                }
            }
            try append(number, &writer)
        }
    }

    /// Waits until the broker has everything.
    func settle() throws { try writer.finish() }

    /// Waits until the outputs of everything sent have arrived.
    func awaitDeliveries() throws {
        try settle()
        try eventually("everything is used, \(fixture.errors)", within: Self.patience) {
            try status("records") >= writer.sent && status("outstanding") == 0
        }
    }

    func end() throws -> Int32? { try service.flatMap { try fixture.end($0) } }
}
