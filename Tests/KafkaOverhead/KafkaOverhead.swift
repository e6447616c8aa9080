import CReferenceLoop
import Kafka

/// Compares our owners with a plain C loop on the same broker and topic, and tells what headers
/// cost.
///
/// Usage: `KafkaOverhead [BOOTSTRAP]`; without an address an embedded broker in this process
/// serves, whose processor time then counts too.
@main enum KafkaOverhead {
    static let partitions = 6
    static let records = 90_000
    static let valueBytes = 220
    static let rounds = 7
    static let headerCountMax = 2

    static func main() throws {
        let broker = try EmbeddedBroker()
        for topic in ["overhead-source", "overhead-target"] {
            try broker.createTopic(topic, partitions: partitions)
        }
        let address =
            CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : broker.bootstrapServers
        try fill(address)
        var plain: [creference_result] = []
        var owners = [[creference_result]](repeating: [], count: headerCountMax + 1)
        for _ in 0..<rounds {
            plain.append(copyInC(address))
            for headerCount in 0...headerCountMax {
                let loop = OwnersLoop(
                    bootstrapServers: address, source: "overhead-source", partitions: partitions,
                    target: "overhead-target", records: records, headerCount: headerCount)
                owners[headerCount].append(try loop.run())
            }
        }
        report("plain C loop", median(plain), median(plain))
        for headerCount in 0...headerCountMax {
            report("our owners, \(headerCount) headers", median(owners[headerCount]), median(plain))
        }
        _ = consume broker
    }

    private static func fill(_ address: String) throws {
        var producer = try Producer(["bootstrap.servers": address])
        let topic = try producer.topic("overhead-source")
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: valueBytes)
        for i in 0..<records {
            let key = Array("customer-\(i % 5_000)".utf8)
            while true {
                do throws(KafkaError) {
                    try unsafe producer.send(
                        to: topic, .partition(i % partitions), key: key.span.bytes,
                        value: value.span.bytes, timestampMillis: Int64(i + 1))
                    break
                } catch {
                    guard error.code == .queueFull else { throw error }
                    _ = producer.wait(atMost: .milliseconds(10))
                    while producer.poll() != nil {}
                }
            }
        }
        guard producer.flush(within: .seconds(60)) == 0 else { throw Unfilled() }
    }

    struct Unfilled: Error {}

    private static func copyInC(_ address: String) -> creference_result {
        unsafe "overhead-source".withCString { source in
            unsafe "overhead-target".withCString { target in
                unsafe address.withCString { servers in
                    var job = unsafe creference_job(
                        bootstrap_servers: servers, source_topic: source,
                        source_partitions: Int32(partitions), target_topic: target,
                        records: Int64(records), seconds_max: 60)
                    return unsafe creference_copy(&job)
                }
            }
        }
    }

    private static func median(_ results: [creference_result]) -> creference_result {
        results.sorted { $0.seconds < $1.seconds }[results.count / 2]
    }

    private static func report(
        _ name: String, _ result: creference_result, _ limit: creference_result
    ) {
        let rate = Double(result.delivered) / result.seconds
        let limitRate = Double(limit.delivered) / limit.seconds
        let processor = result.processor_seconds / Double(result.delivered) * 1e6
        print(
            "\(name): \(Int(rate)) records/s, ratio \(rounded(rate / limitRate)),",
            "\(rounded(processor)) CPU-µs a record, failed \(result.failed)")
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
