import Dispatch
import Glibc
import Kafka

/// Runs the embedded broker in a process of its own, for tests with several processes.
///
/// Usage: `MockBroker TOPIC[:PARTITIONS] …`. Prints its bootstrap address on one line, then serves
/// until its standard input ends or it gets SIGTERM or SIGINT.
@main enum MockBroker {
    static func main() {
        do throws(KafkaError) {
            let broker = try EmbeddedBroker { line in
                if line.severity <= 3 { report("\(line)") }
            }
            for argument in CommandLine.arguments.dropFirst() {
                let parts = argument.split(separator: ":")
                let partitions = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
                try broker.createTopic(String(parts[0]), partitions: partitions)
            }
            print(broker.bootstrapServers)
            fflush(nil)
            waitForTheEnd()
            _ = consume broker
        } catch {
            report("\(error)")
            exit(69)
        }
    }

    private static func waitForTheEnd() {
        let end = DispatchSemaphore(value: 0)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { end.signal() }
            source.activate()
            return source
        }
        DispatchQueue.global().async {
            while getchar() != EOF {}
            end.signal()
        }
        end.wait()
        withExtendedLifetime(sources) {}
    }

    private static func report(_ text: String) {
        var line = Array("MockBroker: \(text)\n".utf8)
        unsafe write(STDERR_FILENO, &line, line.count)
    }
}
