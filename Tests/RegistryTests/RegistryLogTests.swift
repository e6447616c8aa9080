import Bytes
import Foundation
import Model
import TestSupport
import Testing

@testable import Registry

/// The log: a pinned format that no damage turns into something else.
struct RegistryLogTests {
    /// A registry in which everything that can happen has.
    func eventful(_ folder: RegistryFolder) throws -> ModelRegistry {
        let registry = try folder.registry()
        try registry.fill(2)
        let first = try ModelReference("cards@1")
        try registry.point("champion", to: first, by: .test("first"))
        try registry.point("champion", to: ModelReference("cards@2"), by: .test("second"))
        try registry.rollBack("champion", of: "cards", by: .test("no"))
        try registry.point("challenger", to: first, by: .test())
        try registry.removeAlias("challenger", of: "cards", by: .test())
        try registry.tag(first, "ticket", "FR-812 é", by: .test())
        let key = try #require(SigningKey(String(repeating: "07", count: 32)))
        _ = try registry.sign(first, with: key, by: .test())
        try registry.noteServing(
            "cards",
            .init(
                service: "group", version: 1,
                positions: [SourceOffset(topic: "payments", partition: 3, offset: 12_345)]),
            by: .test())
        return registry
    }

    /// Ed25519 as of swift-crypto is randomised, so the signature stands apart.
    @Test func theFormatIsPinned() throws {
        let golden = try #require(GoldenFile.bytes("registry-log-1.hex"))
        let log = try RegistryLog(unsafe golden.span.bytes, path: "golden")
        #expect(log.byteCount == golden.count && log.entries.count == 10)
        var writer = ByteWriter()
        for entry in log.entries { entry.append(to: &writer) }
        #expect(writer.copy() == golden)
        let folder = RegistryFolder()
        let models = try eventful(folder).read()
        let known = try RegisteredModels(log, path: "golden")
        func unsigned(_ models: RegisteredModels) -> [LogEntry.Action] {
            models.entries.map(\.action).filter { if case .signed = $0 { false } else { true } }
        }
        #expect(unsigned(models) == unsigned(known))
        #expect(known.models["cards"]?.aliases == ["champion": 1])
        let signature = try #require(known.models["cards"]?.versions[0].signatures.first)
        let key = try #require(SigningKey(String(repeating: "07", count: 32))).verifyingKey
        #expect(key.accepts(signature, of: try ModelArtifact.numbered(1).bytes))
    }

    @Test func rulesAndApprovalsArePinned() throws {
        var rules = FeatureRules()
        rules.kept = ["amount", "age"]
        rules.forbidden = ["postcode"]
        rules.sensitive = ["night"]
        rules.signs = ["amount": .positive, "age": .negative]
        let registration = LogEntry.Registration(
            version: 1, digest: String(repeating: "07", count: 32), byteCount: 512,
            source: "train", approved: ["night"], rules: rules)
        var writer = ByteWriter()
        for (number, action) in [
            LogEntry.Action.registered(registration), .approved(version: 1, ["night", "age"]),
        ].enumerated() {
            let entry = LogEntry(
                sequence: UInt64(number) + 1, previous: "", attribution: .test(), model: "cards",
                action: action)
            let start = writer.count
            entry.append(to: &writer)
            var length = 0
            let bytes = Array(writer.copy()[start...])
            #expect(try LogEntry(unsafe bytes.span.bytes, byteCount: &length) == entry)
        }
        #expect(writer.copy() == GoldenFile.bytes("registry-log-2.hex"))
    }

    /// Whatever a killed writer leaves of the last entry, the others stand and the next change
    /// takes its place.
    @Test func aTornTailIsNoEntry() throws {
        let folder = RegistryFolder()
        let registry = try eventful(folder)
        let whole = try folder.log
        let entries = try registry.read().entries
        let before = try RegistryLog(unsafe whole.span.bytes, path: "log")
        var writer = ByteWriter()
        try #require(entries.last).append(to: &writer)
        let start = whole.count - writer.count
        #expect(before.byteCount == whole.count)
        for cut in start..<whole.count {
            try folder.writeLog(Array(whole[..<cut]))
            let models = try registry.read()
            #expect(models.entries == Array(entries.dropLast()), "cut at \(cut)")
            #expect(models.tornBytes == cut - start)
        }
        try folder.writeLog(Array(whole[..<start]) + Array(repeating: 0, count: 700))
        #expect(try registry.read().tornBytes == 700)
        try registry.tag(ModelReference("cards@1"), "after", "the fall", by: .test())
        let models = try registry.read()
        #expect(models.tornBytes == 0 && models.entries.count == entries.count)
        #expect(try registry.inspect().refused.isEmpty)
    }

    /// A writer that died between artifact and entry leaves an artifact that nothing names, or half
    /// of one under a name of its own.
    @Test func anArtifactWithoutAnEntryIsNoVersion() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.fill(1)
        let next = try ModelArtifact.numbered(2)
        try registry.store(next)
        let half = "\(folder.path)/objects/\(next.version).json.4711.tmp"
        try Data(next.bytes.prefix(100)).write(to: URL(fileURLWithPath: half))
        #expect(
            try registry.inspect().orphans
                == ["\(next.version).json", "\(next.version).json.4711.tmp"])
        #expect(try registry.read().model("cards").versions.count == 1)
        try registry.fill(2)
        let inspection = try registry.inspect()
        #expect(inspection.orphans == [] && inspection.sound == ["cards@1", "cards@2"])
    }

    /// Any damage either is refused or costs entries at the end; it never makes another history.
    @Test(arguments: UInt64(0)..<300) func damageIsRefusedOrCutsTheEnd(seed: UInt64) throws {
        let golden = try #require(GoldenFile.bytes("registry-log-1.hex"))
        let entries = try RegistryLog(unsafe golden.span.bytes, path: "golden").entries
        var random = SeededGenerator(seed)
        var bytes = golden
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = .random(in: 0...255, using: &random)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        do {
            let found = try RegistryLog(unsafe bytes.span.bytes, path: "log")
            #expect(entries.starts(with: found.entries), "seed \(seed)")
        } catch {
            switch error {
            case .logDamaged, .logBroken: break
            default: Issue.record("seed \(seed): \(error)")
            }
        }
    }

    /// Entries put together by someone who can make checksums, but cannot change what follows.
    @Test func aChangedEntryBreaksTheChain() throws {
        let folder = RegistryFolder()
        let registry = try eventful(folder)
        var entries = try registry.read().entries
        entries[2].action = .pointed(alias: "champion", version: 2)
        var writer = ByteWriter()
        for entry in entries { entry.append(to: &writer) }
        try folder.writeLog(writer.copy())
        #expect(throws: RegistryError.logBroken(path: "\(folder.path)/log", entry: 4)) {
            try registry.read()
        }
        #expect(throws: RegistryError.self) {
            try registry.tag(ModelReference("cards@1"), "a", "b", by: .test())
        }
    }

    /// An entry that a newer program wrote stops an older one, rather than being passed over.
    @Test func aNewerEntryIsRefused() throws {
        let folder = RegistryFolder()
        let registry = try eventful(folder)
        var log = ByteWriter()
        let bytes = try folder.log
        log.append(unsafe bytes.span.bytes)
        log.appendFrame(.registryEntry, version: LogEntry.frameVersion + 1) { $0.append("new") }
        try folder.writeLog(log.copy())
        #expect(
            throws: RegistryError.logDamaged(
                path: "\(folder.path)/log", byte: bytes.count,
                .newerVersion(found: 3, newestKnown: 2))
        ) { try registry.read() }
    }
}
