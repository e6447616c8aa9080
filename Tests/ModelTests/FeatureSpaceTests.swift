import Model
import Testing

struct FeatureSpaceTests {
    @Test func blocksFollowTheNumbersWithoutGaps() throws {
        let space = try #require(FeatureSpace(numericCount: 3, blockBits: [2, 3]))
        #expect(space.width == 3 + 4 + 8)
        #expect(space.buckets(ofBlock: 0) == 3..<7)
        #expect(space.buckets(ofBlock: 1) == 7..<15)
        #expect(space.index(block: 1, hash: 0xffff_ffff_ffff_fff8) == 7)
        #expect(space.index(block: 1, hash: .max) == 14)
        for index in UInt32(0)..<15 {
            #expect(space.block(of: index) == (index < 3 ? nil : index < 7 ? 0 : 1))
        }
    }

    @Test func whatIsTooWideIsNone() {
        #expect(FeatureSpace(numericCount: -1) == nil)
        #expect(FeatureSpace(numericCount: Int.max, blockBits: [1]) == nil)
        #expect(FeatureSpace(numericCount: 0, blockBits: [0]) == nil)
        #expect(FeatureSpace(numericCount: 0, blockBits: [25]) == nil)
        #expect(FeatureSpace(numericCount: 0, blockBits: [24, 24, 24, 24, 1]) == nil)
    }
}
