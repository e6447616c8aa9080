import Bytes
import TestSupport
import Testing

@testable import Usage

struct ReadTableTests {
    @Test func readsAreCountedByConsumerAndFeature() {
        var table = ReadTable()
        table.note(2, of: [0, 3], by: "checkout", atMillis: 10)
        table.note(1, of: [3], by: "dashboard", atMillis: 20)
        table.note(5, of: [3], by: "checkout", atMillis: 30)
        table.note(0, of: [1], by: "nobody", atMillis: 30)
        let readers = table.readers(of: 3)
        #expect(readers.map(\.consumer) == ["checkout", "dashboard"])
        #expect(readers[0].counts == ReadCounts(reads: 7, firstMillis: 10, lastMillis: 30))
        #expect(readers[1].counts == ReadCounts(reads: 1, firstMillis: 20, lastMillis: 20))
        #expect(table.readers(of: 0).map(\.counts.reads) == [2])
        #expect(table.readers(of: 1).isEmpty && table.readers(of: 9).isEmpty)
    }

    @Test func consumersAreBounded() {
        var table = ReadTable()
        for number in 0..<200 {
            table.note(1, of: [0], by: "c\(number)", atMillis: Int64(number))
        }
        let readers = table.readers(of: 0)
        #expect(readers.count == ReadTable.consumersMax + 1)
        #expect(readers.last?.consumer == ReadTable.otherName)
        #expect(readers.map(\.counts.reads).reduce(0, +) == 200)
    }

    /// Reads are in the usage's frame; cut or turned, it is refused.
    @Test func framesResume() throws {
        var table = UsageTable(inputCount: 1)
        table.reads.note(2, of: [0, 3], by: "checkout", atMillis: 10)
        table.reads.note(1, of: [3], by: "", atMillis: -20)
        var writer = ByteWriter()
        table.append(to: &writer)
        let bytes = writer.copy()
        #expect(try Self.restored(bytes).reads == table.reads)
        let mutator = FrameMutator(bytes)
        var random = SeededGenerator(5)
        for _ in 0..<500 {
            guard let restored = try? Self.restored(mutator.mutant(using: &random)) else {
                continue
            }
            #expect(restored.reads.readers(of: 3).allSatisfy { $0.counts.reads > 0 })
        }
    }

    /// A frame that an earlier version wrote has no readers.
    @Test func framesOfTheFirstVersionAreRead() throws {
        var writer = ByteWriter()
        writer.appendFrame(.usageTable, version: 1) { payload in
            payload.append(count: 0)
            payload.append(count: 0)
            payload.append(counted: "earlier")
            payload.append(count: 7)
        }
        let restored = try Self.restored(writer.copy(), inputs: 0)
        #expect(restored.earlier.events == 7 && restored.reads == ReadTable())
    }

    private static func restored(
        _ bytes: [UInt8], inputs: Int = 1
    ) throws -> UsageTable {
        var table = UsageTable(inputCount: inputs)
        var reader = ByteReader(unsafe bytes.span.bytes)
        try table.restore(from: &reader)
        return table
    }
}
