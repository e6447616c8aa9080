import Foundation
import Glibc
import Kafka
import Testing

/// A Kafka that is not ours: what the tests marked *real broker* run against.
enum RealBroker {
    /// `host:port`.
    static let bootstrap = ProcessInfo.processInfo.environment["ESPALIER_TEST_BOOTSTRAP"]
    /// A shell command that stops and starts it again.
    static let restart = ProcessInfo.processInfo.environment["ESPALIER_TEST_RESTART"]

    /// Kills that a service must survive: 100, or `ESPALIER_TEST_KILLS`.
    static let kills =
        ProcessInfo.processInfo.environment["ESPALIER_TEST_KILLS"].flatMap { Int($0) } ?? 100

    /// What a test's topics begin with, so that no two meet.
    static func freshPrefix() -> String { "espalier-test-\(UUID().uuidString.prefix(8))." }

    /// A station with topics of its own, which stay there.
    static func station(partitions: Int) throws -> Station {
        let bootstrap = try #require(bootstrap)
        let station = Station(
            bootstrap: bootstrap, partitions: partitions, prefix: freshPrefix())
        let admin = try Admin(station.properties)
        try admin.connect(within: .seconds(60))
        let topics = station.topics.map {
            TopicSpecification(
                $0.name, partitions: $0.partitions, configuration: ["retention.ms": "-1"])
        }
        _ = try admin.create(topics, within: .seconds(60))
        return station
    }

    static func restartNow() throws {
        // Not `Process`, which waits for whatever the command leaves running as well.
        let command = try #require(restart)
        let status = unsafe system(command)
        #expect(status == 0)
    }
}
