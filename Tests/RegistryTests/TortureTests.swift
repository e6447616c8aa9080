import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Registry

/// Many writers at once, in one process and in many, some of which die.
struct TortureTests {
    private static let program = Bundle.main.bundleURL.appending(path: "espalier")

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Kills the process some time from now, if it still runs then.
    private func kill(_ process: Process, after seconds: Double) {
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
            if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        }
    }

    /// A hundred threads: each version and each tag is there once, in one unbroken chain.
    @Test func aHundredWritersOfOneProcess() async throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let failures = Mutex<[String]>([])
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let open = Mutex(100)
            for number in 1...100 {
                Thread.detachNewThread {
                    do {
                        let version = try registry.register(
                            .numbered(number), source: "thread", by: .test())
                        try registry.tag(
                            ModelReference(name: "cards", selector: .version(version.number)),
                            "number", "\(number)", by: .test())
                    } catch { failures.withLock { $0.append("\(error)") } }
                    let isLast = open.withLock { open in
                        open -= 1
                        return open == 0
                    }
                    if isLast { done.resume() }
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let versions = try registry.read().model("cards").versions
        #expect(versions.map(\.number) == Array(1...100))
        #expect(Set(versions.compactMap { $0.tags["number"] }).count == 100)
        let inspection = try registry.inspect()
        #expect(inspection.sound.count == 100 && inspection.refused.isEmpty)
        #expect(inspection.entries == 200)
    }

    /// A hundred processes, of which a third is killed at some moment: what was acknowledged is
    /// there, and nothing is there by halves.
    @Test(.timeLimit(.minutes(3))) func aHundredProcessesSomeOfThemKilled() async throws {
        try await onOwnThread { try Self().runAHundred() }
    }

    private func runAHundred() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.fill(1, name: "seed")
        var random = SeededGenerator(44)
        var writers: [(process: Process, digest: String, isVictim: Bool)] = []
        for number in 1...100 {
            let artifact = try ModelArtifact.numbered(number)
            let file = "\(folder.path)/model-\(number).json"
            try Data(artifact.bytes).write(to: URL(fileURLWithPath: file))
            let process = try start([
                "model", "import", file, "--registry", folder.path, "--alias", "champion",
            ])
            let isVictim = Int.random(in: 0..<3, using: &random) == 0
            if isVictim { kill(process, after: Double.random(in: 0...0.4, using: &random)) }
            writers.append((process, artifact.version, isVictim))
        }
        var acknowledged: Set<String> = []
        for writer in writers {
            writer.process.waitUntilExit()
            let isDone =
                writer.process.terminationReason == .exit && writer.process.terminationStatus == 0
            if isDone { acknowledged.insert(writer.digest) }
            #expect(isDone || writer.isVictim)
        }
        let versions = try registry.read().model("cards").versions
        #expect(acknowledged.isSubset(of: versions.map(\.digest)))
        #expect(Set(versions.map(\.digest)).count == versions.count)
        #expect(try registry.inspect().refused.isEmpty)
        #expect(acknowledged.count >= 60)
        // Where the last of the killed left something, the next change cleans up.
        try registry.tag(ModelReference("cards@1"), "after", "all", by: .test())
        #expect(try registry.inspect().tornBytes == 0)
    }

    /// A process that makes one change after the other, killed at a moment drawn anew, again and
    /// again: what it left is a beginning of its changes, and the next goes on from there.
    @Test func killedWhileWritingAgainAndAgain() async throws {
        try await onOwnThread { try Self().killAgainAndAgain() }
    }

    private func killAgainAndAgain() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.fill(1)
        var random = SeededGenerator(45)
        let tags = (0..<200).map { "n=\($0)" }
        var known = 1
        for _ in 0..<30 {
            let before = registry.stamp
            let process = try start(
                ["model", "tag", "cards@1", "--registry", folder.path] + tags)
            let pace = DispatchSemaphore(value: 0)
            while registry.stamp == before, process.isRunning {
                _ = pace.wait(timeout: .now() + .milliseconds(1))
            }
            _ = pace.wait(timeout: .now() + .microseconds(.random(in: 0...9_999, using: &random)))
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let entries = try registry.read().entries
            for (place, entry) in entries[known...].enumerated() {
                #expect(entry.action == .tagged(version: 1, key: "n", value: "\(place)"))
            }
            known = entries.count
        }
        #expect(known > 30, "the writers died before they wrote")
        try registry.fill(2)
        let inspection = try registry.inspect()
        #expect(inspection.tornBytes == 0 && inspection.refused.isEmpty)
    }
}
