import TestSupport
import Testing

@testable import Bytes

struct FrameTests {
    private static func written(_ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        writer.appendFrame(.ftrlProximal, version: 3, body)
        return writer.copy()
    }

    private static func sample() -> [UInt8] {
        written {
            $0.append(fixed: UInt32(7))
            $0.append(fixed: -0.5)
            $0.append(counted: "né")
        }
    }

    private func read(
        _ bytes: [UInt8], kind: FrameKind = .ftrlProximal, newestVersion: UInt16 = 3
    ) throws(FormatError) -> Int {
        let frame = try Frame(unsafe bytes.span.bytes, kind: kind, newestVersion: newestVersion)
        var reader = ByteReader(frame.payload)
        #expect(try reader.readUInt32() == 7)
        #expect(try reader.readFinite("half") == -0.5)
        #expect(try reader.readText("text", bytesMax: 3) == "né")
        try reader.end()
        return frame.byteCount
    }

    @Test func theLayoutIsTheOneDrawn() {
        let bytes = Self.sample()
        #expect(
            Array(bytes.dropLast(8)) == [
                0x45, 0x53, 0x50, 0x4c, 3, 0, 1, 0, 19, 0, 0, 0, 0, 0, 0, 0,
                7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0xbf, 3, 0, 0, 0, 0x6e, 0xc3, 0xa9,
            ])
        // XXH3-64 of the above by the `xxhash` package of PyPI: xxh3_64_intdigest.
        #expect(Array(bytes.suffix(8)) == [UInt8](littleEndian: 0x4a5a_da94_14d8_60aa))
    }

    @Test func readsWhatWasWritten() throws {
        let bytes = Self.sample()
        #expect(try read(bytes) == bytes.count)
        #expect(try read(bytes + [1, 2, 3]) == bytes.count)
    }

    @Test func everyCutAndEveryFlippedBitThrows() {
        let bytes = Self.sample()
        for end in bytes.indices {
            #expect(throws: FormatError.self) { try read(Array(bytes[..<end])) }
        }
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: FormatError.self, "bit \(bit)") { try read(flipped) }
        }
    }

    @Test func anotherKindAndANewerVersionAreRefused() {
        let bytes = Self.sample()
        #expect(throws: FormatError.wrongKind(found: 1, expected: .sparseModel)) {
            try read(bytes, kind: .sparseModel)
        }
        #expect(throws: FormatError.newerVersion(found: 3, newestKnown: 2)) {
            try read(bytes, newestVersion: 2)
        }
    }

    @Test(arguments: UInt64(0)..<200) func noiseThrows(seed: UInt64) {
        var random = SeededGenerator(seed)
        let noise = (0..<Int.random(in: 0...64, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        #expect(throws: FormatError.self) { try read(noise) }
        var headed = Self.sample()
        for place in 4..<headed.count where Bool.random(using: &random) {
            headed[place] = UInt8.random(in: 0...255, using: &random)
        }
        #expect(throws: FormatError.self) { try read(headed) }
    }

    @Test func kindsAreDistinct() {
        #expect(Set(FrameKind.allCases.map(\.rawValue)).count == FrameKind.allCases.count)
    }
}

extension [UInt8] {
    fileprivate init(littleEndian value: UInt64) {
        self = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
