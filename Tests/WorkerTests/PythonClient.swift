import Foundation
import JSON
import TestSupport
import Testing

/// Another client than ours: `confluent-kafka` in a Python process.
enum PythonClient {
    private static let interpreter: String? = {
        let candidates = [
            ProcessInfo.processInfo.environment["ESPALIER_PYTHON"],
            "\(SharedData.packageRoot)/.build/venv/bin/python", "python3",
        ]
        return candidates.lazy.compactMap { $0 }.first {
            (try? run($0, "import confluent_kafka, jsonschema", [], ""))?.status == 0
        }
    }()

    static var isAvailable: Bool { interpreter != nil }

    private static let producing = """
        import json, sys
        from confluent_kafka import Producer
        producer = Producer({"bootstrap.servers": sys.argv[1], "linger.ms": 5})
        failures = []
        def report(error, message):
            if error:
                failures.append(str(error))
        for line in sys.stdin:
            r = json.loads(line)
            producer.produce(r["topic"], value=r["value"], key=r["key"], partition=r["partition"],
                timestamp=r["time"], on_delivery=report)
            producer.poll(0)
        left = producer.flush(60)
        sys.exit(f"{left} left, {failures[:3]}" if left or failures else 0)
        """

    private static let consuming = """
        import json, sys, time
        from confluent_kafka import Consumer, TopicPartition, OFFSET_BEGINNING
        consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "python",
            "enable.auto.commit": False, "fetch.wait.max.ms": 20})
        topic, wanted, header = sys.argv[2], int(sys.argv[3]), sys.argv[4]
        partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in partitions])
        places, end = set(), time.monotonic() + 60
        while len(places) < wanted and time.monotonic() < end:
            for m in consumer.consume(500, timeout=1):
                if m.error():
                    continue
                headers = {k: v.decode() for k, v in m.headers() or []}
                places.add(headers.get(header))
                key = m.key().decode() if m.key() is not None else None
                print(json.dumps({"key": key, "headers": headers, "value": m.value().decode()}))
        consumer.close()
        """

    private static let readingToTheEnd = """
        import json, sys, time
        from confluent_kafka import Consumer, KafkaError, TopicPartition, OFFSET_BEGINNING
        consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "python-reader",
            "enable.auto.commit": False, "enable.partition.eof": True,
            "isolation.level": sys.argv[3]})
        topic = sys.argv[2]
        open_ = set(consumer.list_topics(topic, timeout=30).topics[topic].partitions)
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in open_])
        end = time.monotonic() + 120
        while open_ and time.monotonic() < end:
            for m in consumer.consume(500, timeout=1):
                if m.error():
                    if m.error().code() == KafkaError._PARTITION_EOF:
                        open_.discard(m.partition())
                    continue
                headers = {k: v.decode() for k, v in m.headers() or []}
                key = m.key().decode() if m.key() is not None else None
                print(json.dumps({"key": key, "headers": headers, "value": m.value().decode()}))
        consumer.close()
        sys.exit(f"no end of partitions {sorted(open_)}" if open_ else 0)
        """

    /// Sends records, each a JSON object with topic, partition, time, key and value.
    static func produce(_ lines: [String], to bootstrap: String) throws {
        let python = try #require(interpreter)
        let result = try run(python, producing, [bootstrap], lines.joined(separator: "\n"))
        try #require(result.status == 0, "\(result.output)")
    }

    /// Reads a topic until `count` different values of the header were seen, or a minute has
    /// passed.
    static func consume(
        _ topic: String, of bootstrap: String, count: Int, header: String
    ) throws -> [ReadRecord] {
        let python = try #require(interpreter)
        let result = try run(python, consuming, [bootstrap, topic, "\(count)", header], "")
        return try records(result.output, header: header)
    }

    /// Reads all of a topic that a reader of this isolation sees by now.
    static func readToTheEnd(
        _ topic: String, of bootstrap: String, isolation: String = "read_committed"
    ) throws -> [ReadRecord] {
        let python = try #require(interpreter)
        let result = try run(python, readingToTheEnd, [bootstrap, topic, isolation], "")
        try #require(result.status == 0, "\(result.output.suffix(500))")
        return try records(result.output, header: "espalier-source")
    }

    private static func records(_ output: String, header: String) throws -> [ReadRecord] {
        try output.split(separator: "\n").map { line in
            let document = try JSONValue(parsing: String(line))
            return ReadRecord(
                key: document["key"]?.string, value: document["value"]?.string ?? "",
                place: document["headers"]?[header]?.string ?? "",
                reason: document["headers"]?["espalier-reason"]?.string,
                model: document["headers"]?["espalier-model"]?.string)
        }
    }

    private static func run(
        _ python: String, _ program: String, _ arguments: [String], _ input: String
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", program] + arguments
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardOutput
        try process.run()
        let text = Data(input.utf8)
        Thread.detachNewThread {
            try? standardInput.fileHandleForWriting.write(contentsOf: text)
            try? standardInput.fileHandleForWriting.close()
        }
        let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// A record as the other client read it.
struct ReadRecord: Hashable {
    var key: String?
    var value: String
    var place: String
    var reason: String?
    var model: String?
}
