import Foundation
import Glibc
import Kafka
import Pipeline
import PipelineFixture
import Testing
import Worker

/// The broker and the service, each in a process of its own, and a project between them.
final class ServiceFixture {
    static let programs = Bundle.main.bundleURL
    static let partitions = 3
    let bootstrap: String
    let project: ServiceProject
    private let broker: BrokerProcess?
    private let folder: URL
    private(set) var started: [Process] = []

    /// - Parameter bootstrap: a real cluster, where the topics are made and left; else a broker of
    ///   the fixture's own.
    convenience init(
        _ project: ServiceProject = ServiceProject(), on bootstrap: String? = nil
    ) throws {
        if let bootstrap {
            let admin = try Admin(["bootstrap.servers": bootstrap])
            try admin.connect(within: .seconds(60))
            _ = try admin.create(
                [project.events, project.labels].map {
                    TopicSpecification(
                        $0, partitions: Self.partitions, configuration: ["retention.ms": "-1"])
                }, within: .seconds(60))
            try self.init(project, at: bootstrap)
        } else {
            let broker = try BrokerProcess(topics: project.topics(partitions: Self.partitions))
            try self.init(project, at: broker.bootstrap, broker)
        }
    }

    /// On a broker that has the project's topics.
    init(
        _ project: ServiceProject, at bootstrap: String, _ broker: BrokerProcess? = nil
    ) throws {
        self.project = project
        self.bootstrap = bootstrap
        self.broker = broker
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try write(project)
    }

    deinit {
        for service in started where service.isRunning { kill(service) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Where a project that says `FOLDER/snapshots` keeps them.
    var snapshots: SnapshotFolder {
        SnapshotFolder(folder.appending(path: "snapshots").path)
    }

    var projectFile: URL { folder.appending(path: "\(project.name).yaml") }
    var modelFile: URL { folder.appending(path: "model.json") }

    /// Writes a project's file beside the fixture's own.
    func write(_ project: ServiceProject) throws -> URL {
        let file = folder.appending(path: "\(project.name).yaml")
        try Data(project.text(bootstrap, folder: folder.path).utf8).write(to: file)
        return file
    }

    var station: Station { Station(of: project, bootstrap: bootstrap) }

    /// The same project with its past and its snapshots, on a broker that none of its services was
    /// ever connected to.
    func moved() throws -> ServiceFixture {
        let other = try ServiceFixture(project)
        try station.copyHistory(to: other.station)
        try FileManager.default.copyItem(
            at: folder.appending(path: "snapshots"), to: other.folder.appending(path: "snapshots"))
        return other
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
    /// - Parameters:
    ///   - file: another project's file than the fixture's own.
    ///   - output: where its lines go.
    func start(
        _ options: [String] = [], file: URL? = nil, output: FileHandle = .nullDevice
    ) throws -> Process {
        letSignalsThrough()
        let service = Process()
        service.executableURL = Self.programs.appending(path: "espalier")
        service.arguments =
            ["run", (file ?? projectFile).path, "--json", "--model-out", modelFile.path] + options
        service.standardOutput = output
        service.standardError = try errorLog()
        try service.run()
        started.append(service)
        return service
    }

    /// Runs a command to its end: its exit status, what it printed, and what it said of errors.
    func espalier(
        _ arguments: [String]
    ) throws -> (status: Int32, output: String, errors: String) {
        letSignalsThrough()
        let process = Process()
        let output = Pipe()
        let errors = folder.appending(path: UUID().uuidString)
        try Data().write(to: errors)
        process.executableURL = Self.programs.appending(path: "espalier")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: text, as: UTF8.self),
            String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
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
            let topic = record.stream == .events ? project.events : project.labels
            return #"{"topic":"\#(topic)","partition":\#(record.partition),"#
                + #""time":\#(record.time),"key":"\#(record.key ?? "")","value":"\#(value)"}"#
        }
    }

    func produce(_ records: [InputRecord]) throws {
        try PythonClient.produce(lines(records), to: bootstrap)
    }

    func predictions(_ count: Int) throws -> [ReadRecord] {
        try PythonClient.consume(
            project.predictions, of: bootstrap, count: count, header: "espalier-source")
    }

    /// What services said of errors, the last of it.
    var errors: String {
        let text = (try? Data(contentsOf: errorFile)).map { String(decoding: $0, as: UTF8.self) }
        return String((text ?? "").suffix(2_000))
    }

    private var errorFile: URL { folder.appending(path: "errors.log") }

    private func errorLog() throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: errorFile.path) {
            try Data().write(to: errorFile)
        }
        let log = try FileHandle(forWritingTo: errorFile)
        try log.seekToEnd()
        return log
    }

    /// The broker answers nobody for so long; connections stay open.
    func hangBroker(seconds: Double) {
        broker?.pause()
        Thread.sleep(forTimeInterval: seconds)
        broker?.resume()
    }

    /// Kills it as a power cut would.
    func kill(_ service: Process) {
        Glibc.kill(service.processIdentifier, SIGKILL)
        service.waitUntilExit()
    }
}
