import Bytes
import Testing

struct ContentDigestTests {
    private func digest(_ text: String) -> ContentDigest {
        let bytes = Array(text.utf8)
        return ContentDigest(of: unsafe bytes.span.bytes)
    }

    /// FIPS 180-4, examples of SHA-256.
    @Test func agreesWithThePublishedExamples() {
        #expect(
            digest("abc").hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            digest("").hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func onlySixtyFourLowerCaseDigitsAreADigest() {
        let hex = digest("abc").hex
        #expect(ContentDigest(hex: hex) == digest("abc"))
        #expect(ContentDigest(hex: hex.uppercased()) == nil)
        #expect(ContentDigest(hex: String(hex.dropLast())) == nil)
        #expect(ContentDigest(hex: String(hex.dropLast()) + "g") == nil)
    }
}
