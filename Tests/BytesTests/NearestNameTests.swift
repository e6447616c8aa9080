import Testing

@testable import Bytes

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("amuont", "amount"), ("AMOUNT", "amount"), ("custmer_id", "customer_id"),
        ("customer-id", "customer_id"), ("merchnat", "merchant"), ("xyz", nil), ("a", nil),
        ("", nil), ("tim", "time"),
    ])
    func suggestsTheNearest(misspelt: String, meant: String?) {
        let names = ["amount", "customer_id", "merchant", "time"]
        #expect(NearestName.of(misspelt, among: names) == meant)
    }

    @Test func endlessNamesAreNotCompared() {
        let long = String(repeating: "a", count: 100_000)
        #expect(NearestName.of(long, among: [long]) == nil)
        #expect(NearestName.of("a", among: [long]) == nil)
    }

    /// The recurrence of the definition, without a table.
    private func slowDistance(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> Int {
        guard let l = left.last, let r = right.last else { return left.count + right.count }
        let (leftRest, rightRest) = (left.dropLast(), right.dropLast())
        var edits = min(
            slowDistance(leftRest, rightRest) + (l == r ? 0 : 1),
            slowDistance(leftRest, right) + 1, slowDistance(left, rightRest) + 1)
        if leftRest.last == r, rightRest.last == l {
            edits = min(edits, slowDistance(leftRest.dropLast(), rightRest.dropLast()) + 1)
        }
        return edits
    }

    /// Every pair of words of up to four letters out of three.
    @Test func distanceAgreesWithItsDefinition() {
        var words: [[Int]] = [[]]
        for length in 1...4 {
            words += words.filter { $0.count == length - 1 }
                .flatMap { word in (0..<3).map { word + [$0] } }
        }
        for left in words.filter({ $0.count >= 2 }) {
            for right in words where (left.count + right.count) % 2 == 0 {
                let expected = slowDistance(left[...], right[...])
                #expect(NearestName.editDistance(left, right) == expected)
            }
        }
    }
}
