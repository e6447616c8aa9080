public import Bytes

/// Damage that checksums do not betray: bytes inside of frames are changed, and the checksums of
/// the frames around them made right again, so that readers have to find out by themselves.
public struct FrameMutator {
    private let original: [UInt8]
    /// Every frame of the bytes, those in others too; the shortest first, so that inner ones come
    /// before those around them.
    private let frames: [Range<Int>]

    private static let magic = Array("ESPL".utf8)
    private static let headerBytes = 16
    private static let checksumBytes = 8

    public init(_ bytes: [UInt8]) {
        original = bytes
        var found: [Range<Int>] = []
        var start = 0
        while start + Self.headerBytes + Self.checksumBytes <= bytes.count {
            if let end = Self.end(ofFrameAt: start, in: bytes) { found.append(start..<end) }
            start += 1
        }
        frames = found.sorted { $0.count < $1.count }
    }

    public var frameCount: Int { frames.count }

    private static func end(ofFrameAt start: Int, in bytes: [UInt8]) -> Int? {
        guard bytes[start..<start + 4].elementsEqual(magic) else { return nil }
        let length = readNumber(at: start + 8, of: bytes)
        guard length <= UInt64(bytes.count - start - headerBytes - checksumBytes) else {
            return nil
        }
        let end = start + headerBytes + Int(length) + checksumBytes
        return checksum(start..<end - checksumBytes, of: bytes)
            == Array(bytes[(end - checksumBytes)..<end]) ? end : nil
    }

    private static func checksum(_ range: Range<Int>, of bytes: [UInt8]) -> [UInt8] {
        let hash = StableHash.of(unsafe bytes.span.bytes.extracting(range))
        return (0..<UInt64(checksumBytes)).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) }
    }

    /// The bytes with one to four places changed.
    public func mutant(using random: inout SeededGenerator) -> [UInt8] {
        guard let longest = frames.last else { return original }
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let frame = frames.randomElement(using: &random) ?? longest
            let payload =
                frame.lowerBound + Self.headerBytes..<frame.upperBound - Self.checksumBytes
            guard !payload.isEmpty else { continue }
            Self.change(&bytes, Int.random(in: payload, using: &random), payload, &random)
        }
        return sealed(bytes)
    }

    /// The bytes with one or two whole numbers of eight bytes changed inside of frames of a kind.
    ///
    /// - Parameter offset: where in a frame's payload its numbers begin.
    public func mutant(
        ofNumbersIn kind: FrameKind, from offset: Int, using random: inout SeededGenerator
    ) -> [UInt8] {
        let marks = [UInt8(truncatingIfNeeded: kind.rawValue), UInt8(kind.rawValue >> 8)]
        let chosen = frames.filter { original[$0.lowerBound + 6..<$0.lowerBound + 8] == marks[...] }
        var bytes = original
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            guard let frame = chosen.randomElement(using: &random) else { break }
            let first = frame.lowerBound + Self.headerBytes + offset
            let count = (frame.upperBound - Self.checksumBytes - first) / 8
            let place = Int.random(in: 0..<count, using: &random)
            let near = max(0, place - 4)..<min(count, place + 5)
            Self.changeNumber(
                &bytes, first + 8 * place, other: first + 8 * Int.random(in: near, using: &random),
                &random)
        }
        return sealed(bytes)
    }

    private static func changeNumber(
        _ bytes: inout [UInt8], _ place: Int, other: Int, _ random: inout SeededGenerator
    ) {
        let number = readNumber(at: place, of: bytes)
        let replaced: UInt64
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            for offset in 0..<8 { bytes.swapAt(place + offset, other + offset) }
            return
        case 1: replaced = readNumber(at: other, of: bytes)
        case 2: replaced = number &+ 1
        case 3: replaced = number &- 1
        case 4: replaced = 0
        case 5: replaced = .max
        default: replaced = 1 << 63
        }
        for offset in 0..<8 {
            bytes[place + offset] = UInt8(truncatingIfNeeded: replaced >> UInt64(8 * offset))
        }
    }

    private static func readNumber(at place: Int, of bytes: [UInt8]) -> UInt64 {
        (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }

    /// With checksums that are right, the inner frames' first.
    private func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for frame in frames {
            let body = frame.lowerBound..<frame.upperBound - Self.checksumBytes
            bytes.replaceSubrange(
                body.upperBound..<frame.upperBound, with: Self.checksum(body, of: bytes))
        }
        return bytes
    }

    private static func change(
        _ bytes: inout [UInt8], _ place: Int, _ payload: Range<Int>,
        _ random: inout SeededGenerator
    ) {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = .random(in: 0...255, using: &random)
        case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 3:
            // A number that is far too large, or negative, or not a number.
            let fill: UInt8 = Bool.random(using: &random) ? 0xFF : 0
            for offset in place..<min(place + 8, payload.upperBound) { bytes[offset] = fill }
        default:
            let other = Int.random(in: payload, using: &random)
            for offset in 0..<8 where max(place, other) + offset < payload.upperBound {
                bytes[place + offset] = bytes[other + offset]
            }
        }
    }
}
