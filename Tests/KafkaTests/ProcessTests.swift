import CReferenceLoop
import Foundation
import Kafka
import Testing

/// The embedded broker in a process of its own.
@Suite struct ProcessTests {
    static let program = Bundle.main.bundleURL.appending(path: "MockBroker")

    /// Starts the program and reads its address.
    static func start(_ topics: [String]) throws -> (Process, stdin: Pipe, address: String) {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = program
        process.arguments = topics
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8)
        {
            line += byte
        }
        return (process, input, String(decoding: line, as: UTF8.self))
    }

    @Test(arguments: [true, false])
    func anotherProcessServesUntilTold(bySignal: Bool) throws {
        let (process, input, address) = try Self.start(["a:3", "b"])
        let admin = try Admin(["bootstrap.servers": address])
        try admin.connect(within: .seconds(60))
        #expect(try admin.describe("a", within: .seconds(60)).partitions.count == 3)
        #expect(try admin.describe("b", within: .seconds(60)).partitions.count == 1)
        if bySignal { process.terminate() } else { try input.fileHandleForWriting.close() }
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }

    /// The reference loop copies what there is: key for key, value for value.
    @Test func theReferenceLoopCopiesEverything() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("from", partitions: 2)
        try broker.createTopic("to", partitions: 2)
        let sent = (0..<1_000).map { Record(key: "k\($0 % 7)", value: "\($0)") }
        for p in 0..<2 {
            let half = sent.enumerated().filter { $0.offset % 2 == p }.map(\.element)
            try broker.fill("from", partition: p, with: half)
        }
        let result = unsafe broker.bootstrapServers.withCString { servers in
            unsafe "from".withCString { from in
                unsafe "to".withCString { to in
                    var job = unsafe creference_job(
                        bootstrap_servers: servers, source_topic: from, source_partitions: 2,
                        target_topic: to, records: Int64(sent.count), seconds_max: 60)
                    return unsafe creference_copy(&job)
                }
            }
        }
        #expect(result.consumed == 1_000 && result.delivered == 1_000 && result.failed == 0)
        #expect(result.seconds > 0 && result.processor_seconds > 0)
        var consumer = try Consumer(broker.properties(group: "g"))
        let lanes = try consumer.readAll(of: "to", partitions: 2)
        try eventually("the copies") {
            _ = consumer.wait(atMost: .milliseconds(100))
            for lane in lanes { lane.take() }
            return lanes.allSatisfy(\.isCaughtUp)
        }
        let copies = lanes.flatMap(\.records).map { [$0.key, $0.value] }
        #expect(Set(copies) == Set(sent.map { [$0.key, $0.value] }) && copies.count == 1_000)
    }
}
