import TestSupport
import Testing

import Bytes

@Suite struct ByteComparisonTests {
    private func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        ByteComparison.order(unsafe left.span.bytes, unsafe right.span.bytes)
    }

    @Test func agreesWithPlainArrays() {
        var random = SeededGenerator(1)
        for _ in 0..<5_000 {
            let left = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                UInt8.random(in: 254...255, using: &random)
            }
            let right = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                UInt8.random(in: 254...255, using: &random)
            }
            let expected = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
            #expect(order(left, right).signum() == expected)
            let contains =
                right.isEmpty
                || left.indices.contains { left[$0...].starts(with: right) }
            let found = ByteComparison.contains(unsafe left.span.bytes, unsafe right.span.bytes)
            #expect(found == contains)
        }
    }

    /// A search of quadratic cost would need 10^12 steps here.
    @Test func searchIsLinear() {
        let text = [UInt8](repeating: 97, count: 2_000_000)
        let part = [UInt8](repeating: 97, count: 1_000_000) + [98]
        #expect(!ByteComparison.contains(unsafe text.span.bytes, unsafe part.span.bytes))
    }
}
