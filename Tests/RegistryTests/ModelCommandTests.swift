import Foundation
import JSON
import Model
import Testing

@testable import Registry

/// `espalier model` as scripts use it.
struct ModelCommandTests {
    private let folder = RegistryFolder()

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = Bundle.main.bundleURL.appending(path: "espalier")
        process.arguments = ["model"] + arguments + ["--registry", folder.path]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    private func json(_ arguments: [String]) throws -> JSONValue {
        let outcome = try run(arguments + ["--json"])
        try #require(outcome.status == 0, "\(arguments)")
        return try JSONValue(parsing: outcome.output)
    }

    private func write(_ artifact: ModelArtifact, to name: String) throws -> String {
        let path = "\(folder.path)/\(name)"
        try Data(artifact.bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aModelsLife() async throws {
        try await onOwnThread { try Self().live() }
    }

    private func live() throws {
        _ = try folder.registry()
        #expect(try json(["list"])["models"] == .array([]))
        for number in 1...2 {
            let file = try write(.numbered(number), to: "model-\(number).json")
            let imported = try json(["import", file, "--why", "number \(number)"])
            #expect(imported["version"]?.string == "cards@\(number)")
        }
        #expect(try json(["promote", "cards@1"])["before"] == .null)
        #expect(try json(["promote", "cards@2"])["before"]?.integer == 1)
        #expect(try json(["alias", "cards@1", "challenger"])["version"]?.integer == 1)
        let card = try json(["show", "cards"])
        #expect(card["version"]?.integer == 2 && card["nonZero"]?.integer == 3)
        #expect(card["artifact"]?["name"]?.string == "cards")
        let difference = try json(["diff", "cards@1", "cards@2"])
        #expect(difference["changed"]?.array?.first?["feature"]?.string == "night")
        #expect(difference["expectedShift"]?["meanMargin"]?.double != nil)
        #expect(try json(["rollback", "cards"])["version"]?.integer == 1)
        let log = try json(["list", "--log"])["entries"]?.array
        #expect(log?.count == 6 && log?.last?["action"]?.string == "rolled back")
        let exported = try run(["export", "cards@2"])
        #expect(
            try exported.output == String(decoding: ModelArtifact.numbered(2).bytes, as: UTF8.self))
        #expect(try json(["verify"])["sound"]?.array?.count == 2)
    }

    @Test func whatIsWrongHasItsExitCode() async throws {
        try await onOwnThread { try Self().fail() }
    }

    private func fail() throws {
        #expect(try run(["list"]).status == 74)
        let registry = try folder.registry()
        let version = try registry.fill(1)[0]
        #expect(try run(["show", "card"]).status == 64)
        #expect(try run(["show", "cards@2"]).status == 64)
        #expect(try run(["show", "cards@../x"]).status == 64)
        #expect(try run(["rollback", "cards"]).status == 64)
        #expect(try run(["import", "\(folder.path)/nothing.json"]).status == 74)
        #expect(try run(["import", "\(folder.path)/log"]).status == 65)
        #expect(try run(["import", "\(folder.path)/log", "--from", "vw"]).status == 64)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: registry.path(of: version)))
        #expect(try run(["promote", "cards@1"]).status == 65)
        #expect(try run(["verify"]).status == 65)
    }
}
