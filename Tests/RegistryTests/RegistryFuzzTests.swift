import Bytes
import TestSupport
import Testing

@testable import Registry

/// The registry's log damaged where no checksum tells: an error or a history, soon, and the digests
/// of later entries find out whatever they cover.
@Suite struct RegistryFuzzTests {
    private let golden: [UInt8]
    private let entries: [LogEntry]

    init() throws {
        let golden = try #require(GoldenFile.bytes("registry-log-1.hex"))
        let log = try RegistryLog(unsafe golden.span.bytes, path: "golden")
        self.golden = golden
        entries = log.entries
    }

    private func bytes(_ entries: [LogEntry]) -> [UInt8] {
        var writer = ByteWriter()
        for entry in entries { entry.append(to: &writer) }
        return writer.copy()
    }

    private func entry(_ bytes: [UInt8]) throws(FormatError) -> (entry: LogEntry, byteCount: Int) {
        var length = 0
        let entry = try LogEntry(unsafe bytes.span.bytes, byteCount: &length)
        return (entry, length)
    }

    /// Only the last entry has none behind it that would tell.
    @Test(arguments: UInt64(0)..<16) func onlyTheLastEntryCanBecomeAnother(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let mutator = FrameMutator(golden)
        #expect(mutator.frameCount == entries.count)
        let last = bytes(Array(entries.suffix(1)))
        let others = golden.dropLast(last.count)
        var histories = 0
        for round in 0..<300 {
            let mutant =
                round % 2 == 0
                ? mutator.mutant(using: &random)
                : others + FrameMutator(last).mutant(using: &random)
            do throws(RegistryError) {
                let log = try RegistryLog(unsafe mutant.span.bytes, path: "log")
                #expect(log.entries.dropLast() == entries.dropLast(), "seed \(seed)")
                if log.entries != entries { histories += 1 }
                _ = try RegisteredModels(log, path: "log")
            } catch {
                expectDamage(error, seed)
            }
        }
        #expect(histories > 0)
    }

    private func expectDamage(_ error: RegistryError, _ seed: UInt64) {
        switch error {
        case .logDamaged, .logBroken: break
        default: Issue.record("seed \(seed): \(error)")
        }
    }

    /// What reads as an entry is written again as it was read.
    @Test(arguments: UInt64(0)..<16) func aDamagedEntryIsRefusedOrIsAnEntry(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        for original in entries {
            let mutator = FrameMutator(bytes([original]))
            for _ in 0..<60 {
                let mutant = mutator.mutant(using: &random)
                guard let found = try? entry(mutant) else { continue }
                #expect(found.byteCount == mutant.count)
                #expect(try entry(bytes([found.entry])).entry == found.entry, "seed \(seed)")
            }
        }
    }

    /// Entries changed, left out, repeated and put elsewhere, by someone who makes the chain right
    /// again: a history that holds together, or an error.
    @Test(arguments: UInt64(0)..<16) func aForgedChainIsAHistoryOrAnError(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var histories = 0
        for _ in 0..<120 {
            let forged = forge(using: &random)
            let log = try RegistryLog(unsafe forged.span.bytes, path: "log")
            #expect(log.byteCount == forged.count && log.tornBytes == 0)
            do throws(RegistryError) {
                let models = try RegisteredModels(log, path: "log")
                histories += 1
                for name in models.names { check(try models.model(name), seed) }
            } catch { expectDamage(error, seed) }
        }
        #expect(histories > 0)
    }

    private func forge(using random: inout SeededGenerator) -> [UInt8] {
        var chosen = entries
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0..<chosen.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where chosen.count > 1: chosen.remove(at: place)
            case 1: chosen.insert(chosen[place], at: .random(in: 0...chosen.count, using: &random))
            case 2: chosen.swapAt(place, Int.random(in: 0..<chosen.count, using: &random))
            default:
                let mutant = FrameMutator(bytes([chosen[place]])).mutant(using: &random)
                if let found = try? entry(mutant) { chosen[place] = found.entry }
            }
        }
        var forged: [UInt8] = []
        var previous = ""
        for place in chosen.indices {
            chosen[place].sequence = UInt64(place) + 1
            chosen[place].previous = previous
            let frame = bytes([chosen[place]])
            previous = ContentDigest(of: unsafe frame.span.bytes).hex
            forged += frame
        }
        return forged
    }

    /// Whatever it says of versions, there are such.
    private func check(_ model: RegisteredModel, _ seed: UInt64) {
        let numbers = model.versions.map(\.number)
        #expect(numbers == numbers.indices.map { $0 + 1 }, "seed \(seed)")
        for (alias, version) in model.aliases {
            #expect(model.trail(ofAlias: alias).first?.number == version, "seed \(seed)")
            #expect(model.aliases(of: version).contains(alias), "seed \(seed)")
        }
        for range in model.served {
            #expect(numbers.contains(range.version), "seed \(seed)")
            #expect(range.to.map { $0 >= range.from } ?? true, "seed \(seed)")
        }
    }
}
