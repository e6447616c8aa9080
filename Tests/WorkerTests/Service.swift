import Foundation
import Pipeline
import PipelineFixture
import Testing

/// The broker and the service, each in a process of its own, and a project between them.
final class ServiceFixture {
    static let programs = Bundle.main.bundleURL
    static let partitions = 3
    let bootstrap: String
    private let broker: Process
    private let brokerInput: Pipe
    private let folder: URL
    private(set) var started: [Process] = []
    /// The project's section `model`.
    private let model: String

    init(model: String = "{loss: logistic, reasons: 3}") throws {
        self.model = model
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = Self.programs.appending(path: "MockBroker")
        process.arguments = [
            "payments:\(Self.partitions)", "frauds:\(Self.partitions)", "cards.predictions:2",
            "cards.dead-letter", "cards.control", "cards.journal:\(Self.partitions)",
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1),
            byte != Data("\n".utf8),
            !byte.isEmpty
        {
            line += byte
        }
        bootstrap = String(decoding: line, as: UTF8.self)
        broker = process
        brokerInput = input
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(project.utf8).write(to: projectFile)
    }

    deinit {
        for service in started where service.isRunning { kill(service.processIdentifier, SIGKILL) }
        broker.terminate()
        broker.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    var projectFile: URL { folder.appending(path: "project.yaml") }
    var modelFile: URL { folder.appending(path: "model.json") }

    private var project: String {
        """
        project: cards
        kafka:
          bootstrap.servers: \(bootstrap)
          fetch.wait.max.ms: 20
          session.timeout.ms: 6000
          heartbeat.interval.ms: 200
          reconnect.backoff.ms: 20
        events:
          topic: payments
          id: id
          time: {field: time, unit: ms}
          fields:
            {id: string, time: int64, customer: int64, terminal: int64, amount: double,
             channel: string}
        labels: {topic: frauds, id: id, value: fraud, maturity: 1h}
        features:
          amount_value: {value: amount}
          count: {entity: customer, aggregate: count, window: 9s}
          mean: {entity: customer, aggregate: mean, of: amount, window: 20s}
          risk: {entity: terminal, aggregate: mean, of: label, window: 60s, otherwise: 0}
          channels: {category: channel}
        model: \(model)
        """
    }

    /// A process inherits which signals its parent's thread holds back, and test threads hold back
    /// all.
    private func letSignalsThrough() {
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_UNBLOCK, &all, nil)
    }

    /// Starts the service.
    ///
    /// - Parameter output: where its lines go.
    func start(_ options: [String] = [], output: FileHandle = .nullDevice) throws -> Process {
        letSignalsThrough()
        let service = Process()
        service.executableURL = Self.programs.appending(path: "espalier")
        service.arguments =
            ["run", projectFile.path, "--json", "--model-out", modelFile.path] + options
        service.standardOutput = output
        service.standardError = FileHandle.nullDevice
        try service.run()
        started.append(service)
        return service
    }

    /// Runs a command to its end: its exit status and what it printed.
    func espalier(_ arguments: [String]) throws -> (status: Int32, output: String) {
        letSignalsThrough()
        let process = Process()
        let output = Pipe()
        process.executableURL = Self.programs.appending(path: "espalier")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// Asks it to end and waits; nil if it did not within a minute.
    func end(_ service: Process) throws -> Int32? {
        service.terminate()
        try eventually("the service's end") { !service.isRunning }
        return service.terminationReason == .exit ? service.terminationStatus : nil
    }

    /// Records as lines for the other client.
    func lines(_ records: [InputRecord]) -> [String] {
        records.map { record in
            let value = String(decoding: record.value ?? [], as: UTF8.self)
                .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            let topic = record.stream == .events ? "payments" : "frauds"
            return #"{"topic":"\#(topic)","partition":\#(record.partition),"#
                + #""time":\#(record.time),"key":"\#(record.key ?? "")","value":"\#(value)"}"#
        }
    }

    func produce(_ records: [InputRecord]) throws {
        try PythonClient.produce(lines(records), to: bootstrap)
    }

    func predictions(_ count: Int) throws -> [ReadRecord] {
        try PythonClient.consume(
            "cards.predictions", of: bootstrap, count: count, header: "espalier-source")
    }
}
